using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Writing;

/// <summary>Flushes to the disk what has to wait in the spool because the store failed, one file after the other.</summary>
internal sealed class SpoolSync(ILogger logger)
{
    private readonly Channel<(ContextPipeline Context, StagedWork Staged)> _queue = Channel.CreateUnbounded<(ContextPipeline, StagedWork)>();

    /// <summary>Adds work that the store has not taken.</summary>
    public void Add(ContextPipeline context, StagedWork staged) => _queue.Writer.TryWrite((context, staged));

    /// <summary>Flushes until it is cancelled.</summary>
    public Task RunAsync(CancellationToken stoppingToken)
        => _queue.Reader.ForEachAsync(work => DiskScheduler.RunAsync(() => TrySync(work.Context, work.Staged), CancellationToken.None), stoppingToken);

    private void TrySync(ContextPipeline context, StagedWork staged)
    {
        // It may be stored by now.
        if (context.Failures == 0)
        {
            return;
        }

        try
        {
            context.Files.Sync(staged);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            logger.LogSpoolRefused(refused);
        }
    }
}
