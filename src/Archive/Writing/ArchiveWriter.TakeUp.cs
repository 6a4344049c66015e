using System.Security.Cryptography;
using Azure;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Archive.Writing;

/// <content>What processes that are gone left in the spool.</content>
public sealed partial class ArchiveWriter
{
    private async Task AdoptSpoolsAsync(CancellationToken stoppingToken)
    {
        try
        {
            var left = new SentLeftovers();
            foreach (var account in _spool.TakeOver(left.Read))
            {
                await TakeUpAsync(account, left, stoppingToken);
            }

            RecordLeftovers(left);
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

    private async Task TakeUpAsync(SpoolAccount account, SentLeftovers left, CancellationToken stoppingToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                await TakeUpAsync(account, await account.ReadAsync(_cipher?.Keys, stoppingToken), left, stoppingToken);
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

    private async Task TakeUpAsync(SpoolAccount account, IReadOnlyList<SpoolLine> lines, SentLeftovers left, CancellationToken stoppingToken)
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

        var summary = lines.FirstOrDefault(l => l.Summary is not null)?.Summary;
        if (left.Find(identity) is { } sent)
        {
            sent.HasRecord = true;
            if (summary is { ProcessEnded: false })
            {
                sent.Close();
            }
            else if (summary is null)
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

    // What was sent has a record of its own: another process may have continued the context.
    private static ContextUsage UsageOf(ContextIdentity identity, List<ManifestSegment> entries, SentLeftover sent)
    {
        var bytes = entries.Where(e => e.File is not null).Sum(e => e.Bytes);
        return new ContextUsage(sent.Numbers.Pushed, 0, ManifestEntries.Milliseconds(identity.Format, bytes)) { CharactersDelivered = entries.Sum(e => (long)e.Text.Length) };
    }

    private void TryAppend(ContextIdentity identity, SpoolAccount account, ContextSummary summary)
    {
        try
        {
            // With the key of the journal, if it has one.
            account.Append(identity, new SpoolLine(Summary: summary), key: null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            LogSpoolRefused(_logger, refused);
        }
    }
}
