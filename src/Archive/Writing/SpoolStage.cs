using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Writing;

/// <summary>
/// The first stage: writes what contexts handed over into the spool, one after the other, and gives it to the second. What the disk refuses, or what has
/// no key to encrypt it with, waits for the store in memory.
/// </summary>
internal sealed class SpoolStage(Spool spool, ArchiveCipher? cipher, StoreAccess store, PendingWork pending, StoreStage storing, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan KeyTimeout = TimeSpan.FromSeconds(2);

    private readonly Channel<ContextPipeline> _arrived = Channel.CreateUnbounded<ContextPipeline>();

    /// <summary>Adds work that <see cref="PendingWork"/> took in.</summary>
    public void Add(ContextPipeline context, ArchiveWork work)
    {
        if (context.Arrived.Add(work))
        {
            _arrived.Writer.TryWrite(context);
        }
    }

    /// <summary>Spools until it is cancelled.</summary>
    public Task RunAsync(CancellationToken stoppingToken) => _arrived.Reader.ForEachAsync(StageNextAsync, stoppingToken);

    private async Task StageNextAsync(ContextPipeline context)
    {
        if (cipher is { IsOn: true })
        {
            context.Spooler.Key = await FindKeyAsync(context.Identity.Tenant, cipher.Keys);
        }

        await DiskScheduler.RunAsync(() => StageNext(context), CancellationToken.None);
    }

    // While the store fails, the keys may be out of reach too, and waiting for one tenant's key would hold up the others.
    private async Task<TenantKey?> FindKeyAsync(string tenant, TenantKeys keys)
    {
        var name = ArchiveNames.Escape(tenant);
        try
        {
            return store.IsFailing ? keys.FindKnown(name) : await keys.GetCurrentAsync(name, CancellationToken.None).AsTask().WaitAsync(KeyTimeout, time);
        }
        catch (Exception failure)
        {
            logger.LogKeyMissing(tenant, failure);
            return null;
        }
    }

    private void StageNext(ContextPipeline context)
    {
        var work = context.Arrived.Head();
        var staged = TryStage(context, work);
        if (staged is null)
        {
            pending.Remove(work);
        }
        else
        {
            if (work is ArchiveWork.StoreSegment && staged is StagedWork.Noted { Entry.Lost: not null })
            {
                pending.Refuse(context.Identity, work);
            }

            if (work is ArchiveWork.StoreManifest)
            {
                // The next context may have the slot once the summary lies in the spool, where the next process finds it.
                context.Sent?.Close();
            }

            pending.Staged(work, isOnDisk: staged is not (StagedWork.InMemory or StagedWork.Correction) && spool.IsOpen && context.Spooler.CanWrite);
            storing.Add(context, staged);
        }

        if (context.Arrived.Advance())
        {
            _arrived.Writer.TryWrite(context);
        }
    }

    private StagedWork? TryStage(ContextPipeline context, ArchiveWork work)
    {
        try
        {
            return context.Spooler.Stage(work);
        }
        catch (Exception unexpected)
        {
            // One context's trouble must not end the archiving of all others.
            logger.LogSpoolRefused(unexpected);
            return work switch
            {
                ArchiveWork.StoreSegment segment => new StagedWork.InMemory(work, segment.Segment),
                ArchiveWork.NoteSegment note => new StagedWork.Noted(work, note.Entry),
                ArchiveWork.StoreManifest manifest => new StagedWork.Manifest(work, manifest.Summary),
                _ => null,
            };
        }
    }
}
