namespace TtsGrains.Grains.Sessions;

/// <summary>The client sockets of a session, and whether one that was lost may yet come back. No clock of its own.</summary>
internal sealed class SessionOwners
{
    private readonly HashSet<string> _sockets = new(StringComparer.Ordinal);
    private DateTimeOffset _awaitedUntil = DateTimeOffset.MinValue;

    /// <summary>Whether a client has come since the grain is here.</summary>
    public bool HaveCome { get; private set; }

    /// <summary>True if no socket is known, be its client waited for or not.</summary>
    public bool AreGone => _sockets.Count == 0;

    public void Add(string socketId)
    {
        HaveCome = true;
        _sockets.Add(socketId);
        _awaitedUntil = DateTimeOffset.MinValue;
    }

    /// <summary>Notes that a socket is gone, and until when its client is waited for.</summary>
    /// <returns>False if the socket was not known.</returns>
    public bool Remove(string socketId, DateTimeOffset awaitedUntil)
    {
        var wasKnown = _sockets.Remove(socketId);
        if (wasKnown && _sockets.Count == 0)
        {
            _awaitedUntil = awaitedUntil;
        }

        return wasKnown;
    }

    /// <summary>Takes it that a client is there until the given time.</summary>
    public void AwaitUntil(DateTimeOffset time) => _awaitedUntil = time > _awaitedUntil ? time : _awaitedUntil;

    /// <summary>Waits for no lost client any more.</summary>
    public void GiveUp() => _awaitedUntil = DateTimeOffset.MinValue;

    /// <summary>Whether a client is there, or waited for.</summary>
    public bool AreThere(DateTimeOffset now) => _sockets.Count > 0 || now < _awaitedUntil;
}
