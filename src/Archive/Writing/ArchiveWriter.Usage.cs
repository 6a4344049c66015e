using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Usage;

namespace TtsGrains.Archive.Writing;

/// <content>What contexts sent upstream that this process, or one that was killed, does not finish.</content>
public sealed partial class ArchiveWriter
{
    private readonly SentJournal _sent = new();

    /// <summary>Begins to count what a context sends upstream from this process.</summary>
    public SentCount CountSent(SentContext context) => _sent.Begin(context);

    /// <summary>Records what was sent for a context that another process continues.</summary>
    public void HandOver(SentCount count)
    {
        var numbers = count.Numbers;
        if (numbers.Sent == 0)
        {
            count.Close();
            return;
        }

        Record(count.Context.ToPart(numbers, _time.GetUtcNow()), unfinished: null, count.Close);
    }

    // The next context may have the slot once the summary lies in the spool, where the next process finds it.
    private static void Close(ContextRecorder recorder, ArchiveWork work)
    {
        if (work is ArchiveWork.StoreManifest)
        {
            recorder.Sent?.Close();
        }
    }

    private void RecordLeftovers(SentLeftovers left)
    {
        var now = _time.GetUtcNow();
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
        var recorder = CreateRecorder(identity, new SpoolAccount(_spool, path: null), isLeftBehind: false);
        if (unfinished is not null)
        {
            Enqueue(recorder, new ArchiveWork.StoreUsage(unfinished, onStored: null));
        }

        Enqueue(recorder, new ArchiveWork.StoreUsage(part, onStored));
    }

    private void Enqueue(ContextRecorder recorder, ArchiveWork work)
    {
        if (TryTake(recorder, work) && recorder.Arrived.Add(work))
        {
            ScheduleStaging(recorder);
        }
    }
}
