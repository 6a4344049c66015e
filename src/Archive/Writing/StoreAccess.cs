using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Writing;

/// <summary>Prepares the store before it is written to, logs an outage once, and delays the next try after a failure. Thread-safe.</summary>
internal sealed class StoreAccess(ISegmentArchive archive, ArchiveOptions options, TimeProvider time, ILogger logger)
{
    private readonly StoreHealth _health = new(options.FirstRetryDelay, time);
    private volatile bool _isPrepared;

    /// <summary>Gets whether the last try failed.</summary>
    public bool IsFailing => _health.IsFailing;

    /// <summary>Gets how many outages are over.</summary>
    public int Outages => _health.Outages;

    /// <summary>Makes the store ready, unless it is since the last failure.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!_isPrepared)
        {
            await archive.PrepareAsync(cancellationToken);
            _isPrepared = true;
        }
    }

    /// <summary>The store took something.</summary>
    public void RecordSuccess()
    {
        if (_health.RecordSuccess())
        {
            logger.LogStoreRecovered();
        }
    }

    /// <summary>The store failed.</summary>
    public void RecordFailure(Exception failure)
    {
        _isPrepared = false;

        // Once per outage, not once per try.
        if (_health.RecordFailure())
        {
            logger.LogStoreFailing(failure);
        }
    }

    /// <summary>Waits until the next try is due or the outage is over. Does not throw when it is cancelled.</summary>
    /// <param name="failures">Failed tries so far, from 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task DelayAsync(int failures, CancellationToken cancellationToken)
        => _health.PauseAsync(RetryDelay.After(failures, options.FirstRetryDelay, options.LongestRetryDelay, Random.Shared.NextDouble()), cancellationToken);
}
