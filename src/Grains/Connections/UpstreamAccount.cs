using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>One upstream as this silo has it: its sockets, and how it has been doing. All but the sockets is used under the pool's lock.</summary>
internal sealed class UpstreamAccount(string name, string silo, UpstreamOptions options, TimeProvider time, Func<double> jitter)
{
    private DateTimeOffset _limitedUntil;
    private int _timesLimited;

    public string Name => name;

    public UpstreamOptions Options => options;

    public UpstreamSockets Sockets { get; } = new(name, silo, options, time);

    public UpstreamBreaker Breaker { get; } = new(options.BreakAfter, time, jitter);

    /// <summary>Who waits for a lease; null when the upstream has no limit, and so no leases.</summary>
    public LeaseWishes? Leases { get; init; }

    /// <summary>Whether a socket is being dialled.</summary>
    public bool IsDialling { get; set; }

    /// <summary>Whether it has said that it takes no more contexts right now.</summary>
    public bool IsLimited => time.GetUtcNow() < _limitedUntil;

    /// <summary>Whether it works, though it may be full: who waits for it may get a place.</summary>
    public bool IsUp => Breaker.State != BreakerState.Open && Sockets.Count > 0;

    /// <summary>It took no more contexts, though there seemed to be room.</summary>
    public void NoteLimited() => _limitedUntil = time.GetUtcNow() + UpstreamRetry.AfterLimit(++_timesLimited, jitter());

    /// <summary>Places have become free, and with them their leases.</summary>
    /// <param name="before">How many were taken before.</param>
    public void NoteFreed(int before) => Leases?.Free(before - Sockets.SlotsTaken);

    /// <summary>A context got a word out of it.</summary>
    public void NoteSpoken()
    {
        _timesLimited = 0;
        Breaker.OnSpoken();
    }
}
