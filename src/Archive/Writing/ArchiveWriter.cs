using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Removal;
using TtsGrains.Archive.Spooling;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;

namespace TtsGrains.Archive.Writing;

/// <summary>
/// Stores finished speech, off the audio path: contexts hand over and continue. First it is written into the spool (<see cref="SpoolStage"/>), then from
/// there into the store (<see cref="StoreStage"/>).
/// </summary>
public sealed class ArchiveWriter : BackgroundService
{
    private readonly ArchiveOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ArchiveWriter> _logger;
    private readonly SentJournal _sent = new();
    private readonly Spool _spool;
    private readonly Erasures _erasures;
    private readonly DayMarkers _days;
    private readonly ArchiveStages _stages;

    public ArchiveWriter(
        ISegmentArchive archive, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<ArchiveWriter> logger, ArchiveInstruments? instruments = null)
        : this(archive, cipher: null, options, time, logger, instruments)
    {
    }

    internal ArchiveWriter(
        ISegmentArchive archive,
        ArchiveCipher? cipher,
        IOptions<ArchiveOptions> options,
        TimeProvider time,
        ILogger<ArchiveWriter> logger,
        ArchiveInstruments? instruments,
        ArchiveChanges? changes = null,
        UsageLedger? usage = null)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        _spool = new Spool(Path.GetFullPath(_options.SpoolPath), _options.MaxSpoolBytes);
        _erasures = new Erasures(archive, _options.IsShared);
        _days = new DayMarkers(archive);
        var pipelines = new ContextPipelines(archive, cipher, _days, _erasures, usage ?? new UsageLedger(archive, time), changes ?? new ArchiveChanges());
        _stages = new ArchiveStages(_spool, pipelines, archive, cipher, _options, time, logger);
        instruments?.Watch(() => Backlog, _options.MaxSpoolBytes);
    }

    /// <summary>What waits for the store now, and what was lost since start.</summary>
    public ArchiveBacklog Backlog
        => _stages.Pending.Snapshot() with { SpoolBytes = _spool.Bytes, StoreIsFailing = _stages.Store.IsFailing };

    /// <summary>How much of a segment to hand over while it is being spoken, bytes as received.</summary>
    public int PartBytes => _options.PartBytes;

    /// <summary>Opens the account of a context.</summary>
    /// <exception cref="ArgumentException">An id is empty, the ordinal negative or the format not one of samples.</exception>
    /// <param name="identity">The context.</param>
    /// <param name="sent">Counts what it sends until it is handed over as finished.</param>
    public ContextRecorder Begin(ContextIdentity identity, SentCount? sent = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(identity.Format.SampleRate);
        if (!Enum.IsDefined(identity.Format.Encoding) || identity.Format.Encoding == default)
        {
            throw new ArgumentOutOfRangeException(nameof(identity), identity.Format.Encoding, "Not an encoding of samples.");
        }

        return _stages.Begin(identity, _spool.Begin(), sent);
    }

    /// <summary>Begins to count what a context sends upstream from this process.</summary>
    public SentCount CountSent(SentContext context) => _sent.Begin(context);

    /// <summary>Records what was sent for a context that another process continues.</summary>
    public void HandOver(SentCount count) => _stages.Usage.HandOver(count);

    /// <summary>
    /// Has everything of the session that is not stored yet, of contexts opened until <paramref name="at"/>, thrown away instead. The caller removes what is
    /// stored afterwards.
    /// </summary>
    public void Erase(string tenant, string session, DateTimeOffset at)
    {
        _erasures.Add(tenant, session, at);
        _days.Forget();
    }

    /// <summary>Completes when everything handed over so far, and since, is stored; what was left in the spool too.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        await _stages.TakeOver.WhenDoneAsync(cancellationToken);
        await _stages.Pending.WhenIdleAsync(cancellationToken);
    }

    /// <summary>Completes when everything handed over so far has been through the spool's hands.</summary>
    internal Task WhenStagedAsync(CancellationToken cancellationToken) => _stages.Pending.WhenAllStagedAsync(cancellationToken);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        OpenSpool();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>
    /// Waits for what is pending, for so long as the options say, then stops. While the store refuses, only until all is in the spool, where the next
    /// start finds it.
    /// </summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.DrainTimeout, _time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        await _stages.Pending.WhenAllStagedAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_stages.Store.IsFailing || _stages.Pending.CountInMemory() > 0)
        {
            await WhenIdleAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stages.Pending.Close();
        await base.StopAsync(cancellationToken);
        LogWhatIsLeft();
        _sent.Dispose();
        _spool.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Does not delay the host: there may be much to read.
        await Task.Yield();
        await _stages.RunAsync(stoppingToken);
    }

    // A disk that refuses takes the safety of the spool, not the archive: segments go through memory then.
    private void OpenSpool()
    {
        try
        {
            _sent.Open(_spool.Open());
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _logger.LogSpoolRefused(refused);
        }
    }

    private void LogWhatIsLeft()
    {
        var (backlog, inMemory) = (Backlog, _stages.Pending.CountInMemory());
        if (inMemory > 0)
        {
            _logger.LogLeftBehind(inMemory);
        }
        else if (backlog is { Segments: > 0 } or { Manifests: > 0 })
        {
            _logger.LogLeftInSpool(backlog.Segments, backlog.Manifests);
        }
    }
}
