using Azure;
using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Usage;

namespace TtsGrains.Archive.Writing;

/// <summary>Stores what processes that are gone left in the spool.</summary>
internal sealed class SpoolTakeOver(
    Spool spool, ArchiveCipher? cipher, ContextPipelines pipelines, StoreAccess store, PendingWork pending, StoreStage storing, SentRecorder usage, ILogger logger)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when everything that was left is pending.</summary>
    public Task WhenDoneAsync(CancellationToken cancellationToken) => _done.Task.WaitAsync(cancellationToken);

    /// <summary>Takes everything over. Call it once.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            var sent = new SentLeftovers();
            foreach (var account in spool.TakeOver(sent.Read))
            {
                await TakeUpAsync(account, sent, stoppingToken);
            }

            usage.Record(sent);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start finds the rest.
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            logger.LogSpoolRefused(refused);
        }
        finally
        {
            _done.SetResult();
        }
    }

    private async Task TakeUpAsync(SpoolAccount account, SentLeftovers sent, CancellationToken stoppingToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                // All that may fail comes first, so that it can be tried again.
                if (await LeftContext.ReadAsync(account, cipher, stoppingToken) is { } left)
                {
                    TakeUp(account, left, sent);
                }
                else
                {
                    account.RemoveAll();
                }

                return;
            }
            catch (UnreadableObjectException erased) when (erased.Reason == UnreadableReason.KeyDeleted)
            {
                logger.LogUnreadable("its key was deleted, so it is removed", erased);
                account.RemoveAll();
                return;
            }
            catch (UnreadableObjectException unreadable)
            {
                logger.LogUnreadable("it stays there", unreadable);
                return;
            }
            catch (RequestFailedException away)
            {
                // The store has the keys.
                store.RecordFailure(away);
                await store.DelayAsync(failures, stoppingToken);
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
    }

    private void TakeUp(SpoolAccount account, LeftContext left, SentLeftovers sent)
    {
        var context = pipelines.Create(left.Identity, account, isLeftBehind: true);
        foreach (var entry in left.Entries)
        {
            TakeUp(context, account, entry, left.Whole.Contains(entry.FlushId));
        }

        var summary = SummaryOf(account, left, sent);
        Enqueue(context, new StagedWork.Manifest(new ArchiveWork.StoreManifest(summary), summary));
        logger.LogTakenUp(left.Identity.Tenant, left.Identity.Session, left.Identity.Context, left.Entries.Count);
    }

    private void TakeUp(ContextPipeline context, SpoolAccount account, ManifestSegment entry, bool isWhole)
    {
        var work = new ArchiveWork.StoreLeftBehind(entry.FlushId);
        if (account.FindAudio(entry.FlushId) is not { } bytes)
        {
            // Its audio is stored, or it never had any.
            Enqueue(context, new StagedWork.Noted(work, entry));
        }
        else if (isWhole)
        {
            Enqueue(context, new StagedWork.Spooled(work, entry, bytes));
        }
        else
        {
            account.Remove(entry.FlushId, bytes);
            pending.Refuse(context.Identity, work);
            entry = entry with { File = null, Sha256 = null, AudioSha256 = null, Lost = entry.Lost ?? LostReason.SpoolDamaged };
            Enqueue(context, new StagedWork.Noted(work, entry));
        }
    }

    private void Enqueue(ContextPipeline context, StagedWork staged)
    {
        if (pending.TryAdd(context.Identity, staged.Work))
        {
            pending.Staged(staged.Work, isOnDisk: true);
            storing.Add(context, staged);
        }
    }

    private ContextSummary SummaryOf(SpoolAccount account, LeftContext left, SentLeftovers leftovers)
    {
        if (leftovers.Find(left.Identity) is { } sent)
        {
            sent.HasRecord = true;
            if (left.Summary is { ProcessEnded: false })
            {
                sent.Close();
            }
            else if (left.Summary is null)
            {
                // Noted, so that the count is not missed when this process is killed before all of it is stored.
                var summary = left.Summarize() with { Usage = left.UsageOf(sent) };
                TryAppend(account, left.Identity, summary);
                return summary;
            }
        }

        return left.Summary ?? left.Summarize();
    }

    private void TryAppend(SpoolAccount account, ContextIdentity identity, ContextSummary summary)
    {
        try
        {
            // With the key of the journal, if it has one.
            account.Append(identity, new SpoolLine(Summary: summary), key: null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            logger.LogSpoolRefused(refused);
        }
    }
}
