using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace TtsGrains.Archive.Writing;

/// <summary>
/// The second stage: stores what is in the spool or in memory, several contexts at a time, one thing of a context at a time. What the store refuses is tried again until
/// it takes it; a context that waits for its next try holds up no other.
/// </summary>
internal sealed class StoreStage(StoreAccess store, PendingWork pending, SpoolSync sync, ILogger logger)
{
    private readonly Channel<ContextPipeline> _ready = Channel.CreateUnbounded<ContextPipeline>();

    /// <summary>Adds work that was staged.</summary>
    public void Add(ContextPipeline context, StagedWork staged)
    {
        if (context.Staged.Add(staged))
        {
            _ready.Writer.TryWrite(context);
        }
    }

    /// <summary>Stores until it is cancelled.</summary>
    /// <param name="parallelism">How many contexts are stored at a time.</param>
    /// <param name="stoppingToken">Ends it.</param>
    public Task RunAsync(int parallelism, CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, parallelism).Select(_ => StoreAsync(stoppingToken)));

    private async Task StoreAsync(CancellationToken stoppingToken)
    {
        await foreach (var context in _ready.Reader.ReadAllAsync(stoppingToken))
        {
            var staged = context.Staged.Head();
            try
            {
                await store.PrepareAsync(stoppingToken);
                RecordResult(context, staged, await context.Files.StoreAsync(staged, context.IsLeftBehind || context.Failures > 0, stoppingToken));
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                store.RecordFailure(failure);
                _ = RetryAsync(context, staged, stoppingToken);
                continue;
            }

            // The pipeline first: once nothing is pending, nothing may be scheduled.
            context.Failures = 0;
            var more = context.Staged.Advance();
            pending.Remove(staged.Work);
            if (more)
            {
                _ready.Writer.TryWrite(context);
            }
        }
    }

    private async Task RetryAsync(ContextPipeline context, StagedWork staged, CancellationToken stoppingToken)
    {
        // What came before the last outage is no reason to wait long now.
        if (context.Outages != store.Outages)
        {
            (context.Outages, context.Failures) = (store.Outages, 0);
        }

        if (++context.Failures == 1)
        {
            sync.Add(context, staged);
        }

        await store.DelayAsync(context.Failures, stoppingToken);
        _ready.Writer.TryWrite(context);
    }

    private void RecordResult(ContextPipeline context, StagedWork staged, StoreResult result)
    {
        store.RecordSuccess();
        if (result != default && staged.Work is ArchiveWork.StoreSegment segment)
        {
            var (tenant, session, id) = (context.Identity.Tenant, context.Identity.Session, context.Identity.Context);
            logger.LogSegmentImpaired(segment.FlushId, tenant, session, id, result.UnreadableChunks, result.NameTaken);
        }
    }
}
