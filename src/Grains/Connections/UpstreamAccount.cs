using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>One upstream as this silo has it: its sockets, and how it has been doing. All but the sockets is used under the pool's lock.</summary>
internal sealed class UpstreamAccount(string name, string silo, UpstreamOptions options, TimeProvider time, Func<double> jitter)
{
    private DateTimeOffset _limitedUntil;
    private int _timesLimited;
    private (long At, ulong Text) _lastSpoken;
    private bool _hasSpoken;

    public string Name => name;

    public UpstreamOptions Options => options;

    public UpstreamSockets Sockets { get; } = new(name, silo, options, time);

    public UpstreamBreaker Breaker { get; } = new(options.BreakAfter, time, jitter);

    /// <summary>Who waits for a lease; null when the upstream has no limit, and so no leases.</summary>
    public LeaseClient? Leases { get; init; }

    /// <summary>Whether a socket is being dialled.</summary>
    public bool IsDialling { get; set; }

    /// <summary>Whether it has said that it takes no more contexts right now.</summary>
    public bool IsLimited => time.GetUtcNow() < _limitedUntil;

    /// <summary>Whether it works, though it may be full: who waits for it may get a place.</summary>
    public bool IsUp => Breaker.State != BreakerState.Open && Sockets.Count > 0;

    /// <summary>It took no more contexts, though there seemed to be room.</summary>
    public void RecordLimited() => _limitedUntil = time.GetUtcNow() + UpstreamRetry.AfterLimit(++_timesLimited, jitter());

    /// <summary>Places have become free, and with them their leases.</summary>
    /// <param name="before">How many were taken before.</param>
    public void RecordFreed(int before) => Leases?.Free(before - Sockets.SlotsTaken);

    /// <summary>A request got its first audio.</summary>
    public void RecordSpoken(in RequestFingerprint request)
    {
        _timesLimited = 0;
        (_hasSpoken, _lastSpoken) = (true, (time.GetTimestamp(), request.Text));
        Breaker.OnSpoken(request);
    }

    /// <summary>True if another text has been spoken since a timestamp of the clock: what failed meanwhile failed because of what it asked for.</summary>
    public bool HasServedOthers(long since, ulong text) => _hasSpoken && _lastSpoken.At >= since && _lastSpoken.Text != text;
}
