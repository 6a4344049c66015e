namespace TtsGrains.Archive.Stores;

/// <summary>
/// Whether the store takes what is written. Those who wait longer and longer between their tries need not wait on when it is back after an outage; one
/// file's own trouble, beside others that are taken, is no outage. Thread-safe.
/// </summary>
/// <param name="shortestOutage">For how long nothing may be taken before it is one.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreHealth(TimeSpan shortestOutage, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _back;
    private long _failingSince;
    private int _outages;

    /// <summary>Whether the last try failed.</summary>
    public bool IsFailing
    {
        get
        {
            lock (_gate)
            {
                return _back is not null;
            }
        }
    }

    /// <summary>How many outages are over.</summary>
    public int Outages => Volatile.Read(ref _outages);

    /// <summary>Something was not taken.</summary>
    /// <returns>Whether the try before went well.</returns>
    public bool RecordFailure()
    {
        lock (_gate)
        {
            if (_back is not null)
            {
                return false;
            }

            (_back, _failingSince) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), time.GetTimestamp());
            return true;
        }
    }

    /// <summary>Something was taken.</summary>
    /// <returns>Whether the try before failed.</returns>
    public bool RecordSuccess()
    {
        lock (_gate)
        {
            if (_back is not { } back)
            {
                return false;
            }

            _back = null;
            if (time.GetElapsedTime(_failingSince) >= shortestOutage)
            {
                _outages++;
                back.SetResult();
            }

            return true;
        }
    }

    /// <summary>Completes after that time, when the outage is over, or when it is cancelled; never with an error.</summary>
    public async Task PauseAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        Task? back;
        lock (_gate)
        {
            back = _back?.Task;
        }

        var pause = back?.WaitAsync(delay, time, cancellationToken) ?? Task.Delay(delay, time, cancellationToken);
        await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
