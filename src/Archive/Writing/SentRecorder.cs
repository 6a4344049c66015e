using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Usage;

namespace TtsGrains.Archive.Writing;

/// <summary>Records what contexts sent upstream that this process, or one that was killed, does not finish.</summary>
internal sealed class SentRecorder(Spool spool, ContextPipelines pipelines, PendingWork pending, SpoolStage spooling, TimeProvider time)
{
    /// <summary>Records what was sent for a context that another process continues.</summary>
    public void HandOver(SentCount count)
    {
        var numbers = count.Numbers;
        if (numbers.Sent == 0)
        {
            count.Close();
            return;
        }

        Record(count.Context.ToPart(numbers, time.GetUtcNow()), unfinished: null, count.Close);
    }

    /// <summary>Records what killed processes left behind.</summary>
    public void Record(SentLeftovers left)
    {
        var now = time.GetUtcNow();
        foreach (var count in left.All)
        {
            var unfinished = count.HasRecord || count.Numbers.Ordinal < 0 ? null : count.Context.ToUnfinished(count.Numbers, now);
            Record(count.Context.ToPart(count.Numbers, now), unfinished, count.Close);
        }
    }

    // One after the other: when the part is stored, so is what goes before it. Until then the count stays on disk.
    private void Record(UsageRecord part, UsageRecord? unfinished, Action onStored)
    {
        var identity = new ContextIdentity(part.Tenant, part.SessionId, part.ContextId, 0, "", part.ModelId, null, default, part.StartedAt) { IsUsageOnly = true };
        var context = pipelines.Create(identity, new SpoolAccount(spool, path: null));
        if (unfinished is not null)
        {
            Enqueue(context, new ArchiveWork.StoreUsage(unfinished, onStored: null));
        }

        Enqueue(context, new ArchiveWork.StoreUsage(part, onStored));
    }

    private void Enqueue(ContextPipeline context, ArchiveWork work)
    {
        if (pending.TryAdd(context.Identity, work))
        {
            spooling.Add(context, work);
        }
    }
}
