using System.Threading.Channels;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;

namespace TtsGrains.Archive.Writing;

public sealed partial class ArchiveWriter
{
    private static readonly TimeSpan KeyTimeout = TimeSpan.FromSeconds(2);

    private ContextRecorder CreateRecorder(ContextIdentity identity, SpoolAccount account, bool isLeftBehind, SentCount? sent = null) => new(
        identity, new SegmentSpooler(identity, account, _cipher is { IsOn: true }), new ContextFiles(identity, _archive, _days, _erasures, account, _usage), this)
    { IsLeftBehind = isLeftBehind, Sent = sent };

    // A disk that refuses takes the safety of the spool, not the archive: segments go through memory then.
    private void OpenSpool()
    {
        try
        {
            _sent.Open(_spool.Open());
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            LogSpoolRefused(_logger, refused);
        }
    }

    // One after the other.
    private static async Task ForEachAsync<T>(ChannelReader<T> reader, Func<T, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var next in reader.ReadAllAsync(stoppingToken))
            {
                await work(next);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The writer stops.
        }
    }

    private async Task StageNextAsync(ContextRecorder recorder)
    {
        if (_cipher is { IsOn: true } cipher)
        {
            recorder.Stage.Key = await FindKeyAsync(recorder.Identity.Tenant, cipher.Keys);
        }

        await DiskScheduler.RunAsync(() => StageNext(recorder), CancellationToken.None);
    }

    // While the store fails, the keys may be out of reach too, and waiting for one tenant's key would hold up the others.
    private async Task<TenantKey?> FindKeyAsync(string tenant, TenantKeys keys)
    {
        var name = ArchiveNames.Escape(tenant);
        try
        {
            return _store.IsFailing ? keys.FindKnown(name) : await keys.GetCurrentAsync(name, CancellationToken.None).AsTask().WaitAsync(KeyTimeout, _time);
        }
        catch (Exception failure)
        {
            LogKeyMissing(_logger, tenant, failure);
            return null;
        }
    }

    private void StageNext(ContextRecorder recorder)
    {
        var work = recorder.Arrived.Head();
        var staged = TryStage(recorder, work);
        if (staged is null)
        {
            _pending.Remove(work);
        }
        else
        {
            if (work is ArchiveWork.StoreSegment && staged is StagedWork.Noted { Entry.Lost: not null })
            {
                Refuse(recorder, work);
            }

            Close(recorder, work);
            _pending.Staged(work, isOnDisk: staged is not (StagedWork.InMemory or StagedWork.Correction) && _spool.IsOpen && recorder.Stage.CanWrite);
            AddStaged(recorder, staged);
        }

        if (recorder.Arrived.Advance())
        {
            ScheduleStaging(recorder);
        }
    }

    private StagedWork? TryStage(ContextRecorder recorder, ArchiveWork work)
    {
        try
        {
            return recorder.Stage.Stage(work);
        }
        catch (Exception unexpected)
        {
            // One context's trouble must not end the archiving of all others.
            LogSpoolRefused(_logger, unexpected);
            return work switch
            {
                ArchiveWork.StoreSegment segment => new StagedWork.InMemory(work, segment.Segment),
                ArchiveWork.NoteSegment note => new StagedWork.Noted(work, note.Entry),
                ArchiveWork.StoreManifest manifest => new StagedWork.Manifest(work, manifest.Summary),
                _ => null,
            };
        }
    }

    private void TrySync(ContextRecorder recorder, StagedWork staged)
    {
        // It may be stored by now.
        if (recorder.Failures == 0)
        {
            return;
        }

        try
        {
            recorder.Files.Sync(staged);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            LogSpoolRefused(_logger, refused);
        }
    }

    private void LogLost(ContextRecorder recorder, ArchiveWork work)
    {
        var (tenant, session, context) = (recorder.Identity.Tenant, recorder.Identity.Session, recorder.Identity.Context);
        switch (work)
        {
            case ArchiveWork.StoreSegment segment:
                LogSegmentLost(_logger, segment.FlushId, tenant, session, context);
                break;
            case ArchiveWork.StoreLeftBehind segment:
                LogSegmentLost(_logger, segment.FlushId, tenant, session, context);
                break;
            case ArchiveWork.StoreManifest:
                LogManifestLost(_logger, tenant, session, context);
                break;
        }
    }
}
