using System.Security.Cryptography;
using System.Threading.Channels;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Archive.Writing;

public sealed partial class ArchiveWriter
{
    private ContextRecorder CreateRecorder(ContextIdentity identity, SpoolAccount account, bool isLeftBehind, SentCount? sent = null) => new(
        identity, new SegmentSpooler(identity, account), new ContextFiles(identity, _archive, _days, _erasures, account, _usage), this)
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

    // One after the other, on a thread that may block.
    private static async Task ForEachAsync<T>(ChannelReader<T> reader, Action<T> work, CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var next in reader.ReadAllAsync(stoppingToken))
            {
                await DiskScheduler.RunAsync(() => work(next), CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The writer stops.
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
            _pending.Staged(work, isOnDisk: staged is not (StagedWork.InMemory or StagedWork.Correction) && _spool.IsOpen);
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

    private void AdoptSpools()
    {
        try
        {
            var left = new SentLeftovers();
            foreach (var account in _spool.TakeOver(left.Read))
            {
                TakeUp(account, left);
            }

            RecordLeftovers(left);
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

    private void TakeUp(SpoolAccount account, SentLeftovers left)
    {
        var lines = account.Read();
        if (lines.Count == 0 || lines[0].Context is not { } identity)
        {
            account.Close();
            return;
        }

        // A later line of a segment corrects an earlier one.
        var entries = lines.Where(l => l.Segment is not null).GroupBy(l => l.Segment!.FlushId).Select(g => g.Last().Segment!).OrderBy(s => s.FlushId).ToList();
        account.RemoveUnfinished(entries.Select(e => e.FlushId).ToHashSet());
        var recorder = CreateRecorder(identity, account, isLeftBehind: true);
        foreach (var entry in entries)
        {
            TakeUp(recorder, account, entry);
        }

        var summary = lines.FirstOrDefault(l => l.Summary is not null)?.Summary;
        if (left.Find(identity) is { } sent)
        {
            sent.HasRecord = true;
            if (summary is not null)
            {
                sent.Close();
            }
            else
            {
                // Noted, so that the count is not missed when this process is killed before all of it is stored.
                summary = SummaryOf(identity, entries) with { Usage = UsageOf(identity, entries, sent) };
                TryAppend(identity, account, summary);
            }
        }

        summary ??= SummaryOf(identity, entries);
        var manifest = new ArchiveWork.StoreManifest(summary);
        if (TryTake(recorder, manifest))
        {
            _pending.Staged(manifest, isOnDisk: true);
            AddStaged(recorder, new StagedWork.Manifest(manifest, summary));
        }

        LogTakenUp(_logger, identity.Tenant, identity.Session, identity.Context, entries.Count);
    }

    private void TakeUp(ContextRecorder recorder, SpoolAccount account, ManifestSegment entry)
    {
        StagedWork staged;
        var work = new ArchiveWork.StoreLeftBehind(entry.FlushId);
        if (account.FindAudio(entry.FlushId) is not { } bytes)
        {
            // Its audio is stored, or it never had any.
            staged = new StagedWork.Noted(work, entry);
        }
        else if (entry.File is not null && IsWhole(account.AudioPath(entry.FlushId), entry.Sha256))
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

    private static bool IsWhole(string path, string? sha256)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file)) == sha256;
    }

    private static ContextSummary SummaryOf(ContextIdentity identity, List<ManifestSegment> entries) => new(
        ContextOutcome.Error, string.Concat(entries.Select(e => e.Text)), Upstream: null, entries.Count > 0 ? entries[^1].FinishedAt : identity.CreatedAt)
    {
        ProcessEnded = true,
    };

    private void TryAppend(ContextIdentity identity, SpoolAccount account, ContextSummary summary)
    {
        try
        {
            account.Append(identity, new SpoolLine(Summary: summary));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            LogSpoolRefused(_logger, refused);
        }
    }

    // What was sent has a record of its own: another process may have continued the context.
    private static ContextUsage UsageOf(ContextIdentity identity, List<ManifestSegment> entries, SentLeftover sent)
    {
        var bytes = entries.Where(e => e.File is not null).Sum(e => e.Bytes);
        return new ContextUsage(sent.Numbers.Pushed, 0, ManifestEntries.Milliseconds(identity.Format, bytes)) { CharactersDelivered = entries.Sum(e => (long)e.Text.Length) };
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
