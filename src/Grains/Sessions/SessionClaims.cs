using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Sessions;

/// <summary>Which contexts clients have begun anew over another socket, since the session knew of none: what still comes of the first ones is not wanted.</summary>
internal sealed class SessionClaims
{
    // Longer than a call may be on its way from a host that has died.
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (string SocketId, DateTimeOffset Until)> _claims = new(StringComparer.Ordinal);

    /// <summary>Notes that a client begins a context anew.</summary>
    public void Add(string contextId, string socketId, DateTimeOffset now)
    {
        foreach (var over in _claims.Where(claim => claim.Value.Until <= now).Select(claim => claim.Key).ToArray())
        {
            _claims.Remove(over);
        }

        _claims[contextId] = (socketId, now + Length);
    }

    /// <summary>Whether a life of a context is one that its client has given up.</summary>
    public bool AreAgainst(ContextKey key, DateTimeOffset now)
        => _claims.TryGetValue(key.Context, out var claim) && now < claim.Until && !key.IsOfSocket(claim.SocketId);
}
