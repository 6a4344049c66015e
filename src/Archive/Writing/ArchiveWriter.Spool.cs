using System.Security.Cryptography;
using System.Threading.Channels;
using Azure;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Archive.Writing;

public sealed partial class ArchiveWriter
{
    private static readonly TimeSpan KeyTimeout = TimeSpan.FromSeconds(2);

    private ContextRecorder CreateRecorder(ContextIdentity identity, SpoolAccount account, bool isLeftBehind) => new(
        identity, new SegmentSpooler(identity, account, _cipher is { IsOn: true }), new ContextFiles(identity, _archive, _days, _erasures, account, _usage), this)
    { IsLeftBehind = isLeftBehind };

    // A disk that refuses takes the safety of the spool, not the archive: segments go through memory then.
    private void OpenSpool()
    {
        try
        {
            _spool.Open();
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

    private async Task AdoptSpoolsAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var account in _spool.TakeOver())
            {
                await TakeUpAsync(account, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start finds the rest.
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            LogSpoolRefused(_logger, refused);
        }
        finally
        {
            _takenOver.SetResult();
        }
    }

    private async Task TakeUpAsync(SpoolAccount account, CancellationToken stoppingToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await TakeUpAsync(account, await account.ReadAsync(_cipher?.Keys, stoppingToken), stoppingToken);
                return;
            }
            catch (UnreadableObjectException erased) when (erased.Reason == UnreadableReason.KeyDeleted)
            {
                LogUnreadable(_logger, "its key was deleted, so it is removed", erased);
                account.RemoveAll();
                return;
            }
            catch (UnreadableObjectException unreadable)
            {
                LogUnreadable(_logger, "it stays there", unreadable);
                return;
            }
            catch (RequestFailedException away)
            {
                // The store has the keys.
                RecordFailure(away);
                await _store.PauseAsync(RetryDelay.After(failures, _options.FirstRetryDelay, _options.LongestRetryDelay, Random.Shared.NextDouble()), stoppingToken);
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task TakeUpAsync(SpoolAccount account, IReadOnlyList<SpoolLine> lines, CancellationToken stoppingToken)
    {
        if (lines.Count == 0 || lines[0].Context is not { } identity)
        {
            account.RemoveAll();
            return;
        }

        // A later line of a segment corrects an earlier one.
        var entries = lines.Where(l => l.Segment is not null).GroupBy(l => l.Segment!.FlushId).Select(g => g.Last().Segment!).OrderBy(s => s.FlushId).ToList();
        account.RemoveUnfinished(entries.Select(e => e.FlushId).ToHashSet());

        // All that may fail comes first, so that it can be tried again.
        var whole = new HashSet<int>();
        foreach (var entry in entries.Where(e => e.File is not null && File.Exists(account.AudioPath(e.FlushId))))
        {
            if (await IsWholeAsync(identity, account.AudioPath(entry.FlushId), entry, stoppingToken))
            {
                whole.Add(entry.FlushId);
            }
        }

        var recorder = CreateRecorder(identity, account, isLeftBehind: true);
        foreach (var entry in entries)
        {
            TakeUp(recorder, account, entry, whole.Contains(entry.FlushId));
        }

        var summary = lines.FirstOrDefault(l => l.Summary is not null)?.Summary ?? SummaryOf(identity, entries);
        var manifest = new ArchiveWork.StoreManifest(summary);
        if (TryTake(recorder, manifest))
        {
            _pending.Staged(manifest, isOnDisk: true);
            AddStaged(recorder, new StagedWork.Manifest(manifest, summary));
        }

        LogTakenUp(_logger, identity.Tenant, identity.Session, identity.Context, entries.Count);
    }

    private void TakeUp(ContextRecorder recorder, SpoolAccount account, ManifestSegment entry, bool isWhole)
    {
        StagedWork staged;
        var work = new ArchiveWork.StoreLeftBehind(entry.FlushId);
        if (account.FindAudio(entry.FlushId) is not { } bytes)
        {
            // Its audio is stored, or it never had any.
            staged = new StagedWork.Noted(work, entry);
        }
        else if (isWhole)
        {
            staged = new StagedWork.Spooled(work, entry, bytes);
        }
        else
        {
            account.Remove(entry.FlushId, bytes);
            staged = new StagedWork.Noted(work, entry with { File = null, Sha256 = null, AudioSha256 = null, Lost = entry.Lost ?? LostReason.SpoolDamaged });
            Refuse(recorder, work);
        }

        if (TryTake(recorder, work))
        {
            _pending.Staged(work, isOnDisk: true);
            AddStaged(recorder, staged);
        }
    }

    private async Task<bool> IsWholeAsync(ContextIdentity identity, string path, ManifestSegment entry, CancellationToken stoppingToken)
    {
        try
        {
            var name = ArchiveNames.Segment(identity.Tenant, identity.Session, identity.Ordinal, identity.Context, entry.FlushId);
            await using var content = _cipher is null
                ? File.OpenRead(path)
                : await _cipher.OpenAsync(File.OpenRead(path), name, ArchiveNames.Escape(identity.Tenant), mayBePlain: true, stoppingToken);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, stoppingToken)) == entry.Sha256;
        }
        catch (UnreadableObjectException damaged) when (damaged.Reason != UnreadableReason.KeyMissing)
        {
            return false;
        }
    }

    private static ContextSummary SummaryOf(ContextIdentity identity, List<ManifestSegment> entries) => new(
        ContextOutcome.Error, string.Concat(entries.Select(e => e.Text)), Upstream: null, entries.Count > 0 ? entries[^1].FinishedAt : identity.CreatedAt)
    {
        ProcessEnded = true,
    };

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
