using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;

namespace TtsGrains.Archive.Writing;

/// <summary>Connects the parts of the writer: what was handed over goes through the spool to the store, and so does what earlier processes left.</summary>
internal sealed class ArchiveStages
{
    private readonly int _parallelism;
    private readonly ContextPipelines _pipelines;
    private readonly SpoolSync _syncing;
    private readonly StoreStage _storing;
    private readonly SpoolStage _spooling;

    public ArchiveStages(
        Spool spool, ContextPipelines pipelines, ISegmentArchive archive, ArchiveCipher? cipher, ArchiveOptions options, TimeProvider time, ILogger logger)
    {
        _parallelism = options.Parallelism;
        Pending = new PendingWork(options.MaxPendingBytes, new LostWork(logger), time);
        Store = new StoreAccess(archive, options, time, logger);
        _pipelines = pipelines;
        _syncing = new SpoolSync(logger);
        _storing = new StoreStage(Store, Pending, _syncing, logger);
        _spooling = new SpoolStage(spool, cipher, Store, Pending, _storing, time, logger);
        Usage = new SentRecorder(spool, _pipelines, Pending, _spooling, time);
        TakeOver = new SpoolTakeOver(spool, cipher, _pipelines, Store, Pending, _storing, Usage, logger);
    }

    public PendingWork Pending { get; }

    public StoreAccess Store { get; }

    public SentRecorder Usage { get; }

    public SpoolTakeOver TakeOver { get; }

    /// <summary>Opens the account of a context.</summary>
    public ContextRecorder Begin(ContextIdentity identity, SpoolAccount account, SentCount? sent)
        => new(_pipelines.Create(identity, account, sent: sent), Pending, _spooling);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        var spooling = Task.WhenAll(TakeOver.RunAsync(stoppingToken), _spooling.RunAsync(stoppingToken), _syncing.RunAsync(stoppingToken));
        try
        {
            // Tried at start, so that a wrong setting shows at once; a store that is away is tried again with the first write.
            await Store.PrepareAsync(stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            Store.RecordFailure(failure);
        }

        await Task.WhenAll(_storing.RunAsync(_parallelism, stoppingToken), spooling);
    }
}
