using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Removal;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;

namespace TtsGrains.Archive.Writing;

/// <summary>What one context has between its hand-over and the store: the two steps of its archiving, each with a queue.</summary>
/// <param name="identity">The context.</param>
/// <param name="spooler">The first step.</param>
/// <param name="files">The second step.</param>
/// <param name="isLeftBehind">True if an earlier process began this context's account.</param>
/// <param name="sent">Counts what the context sends until it is handed over as finished; null if nothing does.</param>
internal sealed class ContextPipeline(ContextIdentity identity, SegmentSpooler spooler, ContextFiles files, bool isLeftBehind, SentCount? sent)
{
    public ContextIdentity Identity => identity;

    public SegmentSpooler Spooler => spooler;

    public ContextFiles Files => files;

    public bool IsLeftBehind => isLeftBehind;

    public SentCount? Sent => sent;

    /// <summary>Gets what waits for the spool.</summary>
    public WorkQueue<ArchiveWork> Arrived { get; } = new();

    /// <summary>Gets what waits for the store.</summary>
    public WorkQueue<StagedWork> Staged { get; } = new();

    /// <summary>Gets or sets the failed tries of the work at the head, since the store's last outage. Only <see cref="StoreStage"/> sets it.</summary>
    public int Failures { get; set; }

    /// <summary>Gets or sets how many outages of the store were over when it failed last.</summary>
    public int Outages { get; set; }
}

/// <summary>Makes pipelines over one archive.</summary>
internal sealed class ContextPipelines(
    ISegmentArchive archive, ArchiveCipher? cipher, DayMarkers days, Erasures erasures, UsageLedger usage, ArchiveChanges changes)
{
    /// <summary>Makes the pipeline of a context.</summary>
    /// <exception cref="ArgumentException">An id is empty or the ordinal negative.</exception>
    public ContextPipeline Create(ContextIdentity identity, SpoolAccount account, bool isLeftBehind = false, SentCount? sent = null) => new(
        identity,
        new SegmentSpooler(identity, account, cipher is { IsOn: true }),
        new ContextFiles(identity, archive, days, erasures, account, usage, changes),
        isLeftBehind,
        sent);
}
