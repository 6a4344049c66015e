using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>One host's share of one limit of a tenant. Thread-safe.</summary>
/// <param name="kind">The limit.</param>
/// <param name="window">The time that the limit is for; null if it is on what is open.</param>
/// <param name="time">The clock.</param>
internal sealed class HostShare(ShareKind kind, TimeSpan? window, TimeProvider time)
{
    private const int Segments = 6;

    private readonly Lock _gate = new();
    private readonly Queue<(long Segment, long Count)> _counted = new();
    private readonly long _begin = time.GetTimestamp();
    private long _limit;
    private long _used;
    private long _wanted;
    private long _share;
    private long? _grantedAt;

    /// <summary>How much all hosts may use; 0 while it is not known.</summary>
    public long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>True if it has a share that is in force.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return _grantedAt is { } at && time.GetElapsedTime(at) < ShareLease.Length;
            }
        }
    }

    /// <summary>True if something is open, or was counted within the window.</summary>
    public bool IsUsed
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return _used > 0 || _wanted > 0;
            }
        }
    }

    // It ends here before the grain gives it to another host.
    private long Share => IsHeld ? Math.Min(_share, _limit) : 0;

    private long Segment => (long)(time.GetElapsedTime(_begin) / (window!.Value / Segments));

    /// <summary>Counts, unless the share is used up.</summary>
    public bool TryCount(long count)
    {
        lock (_gate)
        {
            Forget();
            if (_used + count > Share)
            {
                _wanted += count;
                return false;
            }

            _used += count;
            if (window is not null && count > 0)
            {
                _counted.Enqueue((Segment, count));
            }

            return true;
        }
    }

    /// <summary>Counts one, whatever the share.</summary>
    public void Count()
    {
        lock (_gate)
        {
            _used++;
        }
    }

    /// <summary>Something that was open is not any more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _used--;
        }
    }

    /// <summary>What to ask for.</summary>
    public ShareNeed Need()
    {
        lock (_gate)
        {
            Forget();
            var wanted = Math.Min(_wanted, _limit);
            _wanted = 0;
            return new ShareNeed(kind, _limit, _used, wanted, Math.Max(_used, Share));
        }
    }

    /// <summary>Takes the answer to a call.</summary>
    /// <param name="share">How many may be used.</param>
    /// <param name="calledAt">When it was called.</param>
    public void Take(long share, long calledAt)
    {
        lock (_gate)
        {
            (_share, _grantedAt) = (share, calledAt);
        }
    }

    private void Forget()
    {
        while (window is not null && _counted.TryPeek(out var oldest) && oldest.Segment <= Segment - Segments)
        {
            _used -= _counted.Dequeue().Count;
        }
    }
}
