using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// The last contexts of a socket that are over, so that what crosses with their end on the wire is told from a new context. Bounded.
/// </summary>
internal sealed class FinishedContexts(TimeProvider time)
{
    private const int Most = 1024;

    // Input that was under way when the context ended still belongs to it.
    private static readonly TimeSpan Race = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, FinishedContext> _contexts = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Notes that a context is over.</summary>
    /// <param name="contextId">The client's id.</param>
    /// <param name="end">How it ended.</param>
    /// <param name="hasMore">Whether its client had not sent its last input yet.</param>
    /// <param name="resumedAt">How many inputs it had when this socket went on with it; null when it was not let in: then the one before it counts.</param>
    public void Add(string contextId, ContextEnd end, bool hasMore, int? resumedAt)
    {
        if (!_contexts.TryGetValue(contextId, out var known))
        {
            _order.Enqueue(contextId);
            if (_order.Count > Most)
            {
                _contexts.Remove(_order.Dequeue());
            }
        }

        _contexts[contextId] = new FinishedContext(time.GetTimestamp(), end, hasMore, resumedAt ?? known.ResumedAt);
    }

    /// <summary>Another socket resumes a context: numbered inputs come there again.</summary>
    public void Cede(string contextId)
    {
        if (_contexts.TryGetValue(contextId, out var known))
        {
            _contexts[contextId] = known with { ResumedAt = int.MaxValue };
        }
        else
        {
            Add(contextId, ContextEnd.Ceded, hasMore: false, resumedAt: int.MaxValue);
        }
    }

    /// <summary>The last input of a context was read after it was over.</summary>
    public void OnLastInput(string contextId)
    {
        if (_contexts.TryGetValue(contextId, out var known))
        {
            _contexts[contextId] = known with { HasMore = false };
        }
    }

    /// <summary>True if another socket resumes a context.</summary>
    public bool IsCeded(string contextId) => _contexts.TryGetValue(contextId, out var known) && known.ResumedAt == int.MaxValue;

    public bool Contains(string contextId) => _contexts.ContainsKey(contextId);

    /// <summary>
    /// Whether an input is of a context that is over and already told so: an error event more can end a client's process, and the rest of a text
    /// must not be spoken without its beginning. Messages after an error count as the rest until its last input, or until nothing has come for
    /// a second.
    /// </summary>
    /// <param name="contextId">The client's id.</param>
    /// <param name="message">The input.</param>
    public bool IsRest(string contextId, ClientMessage message)
    {
        if (!_contexts.TryGetValue(contextId, out var known))
        {
            return false;
        }

        if (message.Input is { } number)
        {
            // The first one begins a new life, unless it is sent again because of a socket that was lost.
            return number < known.ResumedAt || (number > 0 && (known.End != ContextEnd.Done || !message.HasText));
        }

        return IsRestOfFailed(contextId, message) || (known.End == ContextEnd.Cancelled && IsRecent(known)) || !message.HasText;
    }

    /// <summary>The same for an input that cannot be: whose it is, is all that is known of it.</summary>
    /// <inheritdoc cref="IsRest"/>
    public bool IsRestOfFailed(string contextId, ClientMessage message)
    {
        if (!_contexts.TryGetValue(contextId, out var known) || known is not { End: ContextEnd.Error, HasMore: true } || !IsRecent(known))
        {
            return false;
        }

        _contexts[contextId] = known with { At = time.GetTimestamp(), HasMore = message.Continue };
        return true;
    }

    private bool IsRecent(FinishedContext known) => time.GetElapsedTime(known.At) < Race;

    private readonly record struct FinishedContext(long At, ContextEnd End, bool HasMore, int ResumedAt);
}

/// <summary>How a context of a socket ended. Zero is never a valid value.</summary>
internal enum ContextEnd : byte
{
    None = 0,
    Done = 1,

    /// <summary>By its client, which is told nothing.</summary>
    Cancelled = 2,

    /// <summary>With an error event, or it was never let in.</summary>
    Error = 3,

    /// <summary>Not at all: another socket resumed it.</summary>
    Ceded = 4,
}
