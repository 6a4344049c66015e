using TtsGrains.LocalVoice.Contexts;

namespace TtsGrains.LocalVoice.Connections;

/// <summary>The open contexts of a socket, and those that closed recently. Thread-safe.</summary>
internal sealed class OpenContexts(int limit, TimeProvider time)
{
    private const int ClosedRemembered = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, VoiceContext> _contexts = [];
    private readonly ClosedContexts _closed = new(ClosedRemembered, time);

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _contexts.Count == 0;
            }
        }
    }

    /// <summary>Gets an open context; null if there is none with this id.</summary>
    public VoiceContext? Find(string contextId)
    {
        lock (_gate)
        {
            return _contexts.GetValueOrDefault(contextId);
        }
    }

    /// <summary>Gets how a context closed; <see cref="ClosedHow.None"/> if that is not known.</summary>
    public ClosedHow FindClosed(string contextId)
    {
        lock (_gate)
        {
            return _closed.Find(contextId);
        }
    }

    /// <summary>Adds a context.</summary>
    /// <returns>False if the socket has as many as it may have.</returns>
    public bool TryAdd(VoiceContext context)
    {
        lock (_gate)
        {
            if (_contexts.Count >= limit)
            {
                return false;
            }

            _contexts.Add(context.Id, context);
            return true;
        }
    }

    /// <summary>Removes a context that its client cancels; null if it is not open.</summary>
    public VoiceContext? Cancel(string contextId) => Remove(contextId, ClosedHow.Cancelled);

    /// <summary>Removes a context whose last frame is sent.</summary>
    public void Finish(VoiceContext context) => Remove(context.Id, ClosedHow.Finished);

    /// <summary>Removes all contexts.</summary>
    public List<VoiceContext> TakeAll()
    {
        lock (_gate)
        {
            var all = _contexts.Values.ToList();
            _contexts.Clear();
            return all;
        }
    }

    private VoiceContext? Remove(string contextId, ClosedHow how)
    {
        lock (_gate)
        {
            if (_contexts.Remove(contextId, out var context))
            {
                _closed.Add(contextId, how);
            }

            return context;
        }
    }
}
