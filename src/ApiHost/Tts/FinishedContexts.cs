namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// The last contexts of a socket that are over, so that what crosses with their end on the wire is told from a new context. Bounded.
/// </summary>
internal sealed class FinishedContexts(TimeProvider time)
{
    private const int Most = 1024;

    // Input that was under way when the client cancelled still belongs to the cancelled context.
    private static readonly TimeSpan CancelRace = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (long At, bool IsCancelled)> _contexts = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public void Add(string contextId, bool isCancelled)
    {
        if (!_contexts.ContainsKey(contextId))
        {
            _order.Enqueue(contextId);
            if (_order.Count > Most)
            {
                _contexts.Remove(_order.Dequeue());
            }
        }

        _contexts[contextId] = (time.GetTimestamp(), isCancelled);
    }

    public bool Contains(string contextId) => _contexts.ContainsKey(contextId);

    /// <summary>Whether the context was cancelled so recently that an input for it is a late one.</summary>
    public bool IsJustCancelled(string contextId)
        => _contexts.TryGetValue(contextId, out var end) && end.IsCancelled && time.GetElapsedTime(end.At) < CancelRace;
}
