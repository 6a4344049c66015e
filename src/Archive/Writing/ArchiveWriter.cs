using System.Threading.Channels;
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
/// Stores finished speech, off the audio path: contexts hand over and go on. First it is written into the spool, then from there into the store; several
/// contexts at a time, one thing of a context at a time. What the store refuses is tried again until it takes it; a context that waits for its next try
/// holds up no other.
/// </summary>
public sealed partial class ArchiveWriter : BackgroundService
{
    private readonly Channel<ContextRecorder> _toStage = Channel.CreateUnbounded<ContextRecorder>();
    private readonly Channel<ContextRecorder> _toStore = Channel.CreateUnbounded<ContextRecorder>();
    private readonly Channel<(ContextRecorder Recorder, StagedWork Staged)> _toSync = Channel.CreateUnbounded<(ContextRecorder, StagedWork)>();
    private readonly ISegmentArchive _archive;
    private readonly ArchiveOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ArchiveWriter> _logger;
    private readonly DayMarkers _days;
    private readonly Erasures _erasures;
    private readonly UsageLedger _usage;
    private readonly PendingWork _pending;
    private readonly Spool _spool;
    private readonly StoreHealth _store;
    private readonly ArchiveCipher? _cipher;
    private readonly TaskCompletionSource _takenOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _storeIsReady;

    public ArchiveWriter(
        ISegmentArchive archive, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<ArchiveWriter> logger, ArchiveInstruments? instruments = null)
        : this(archive, cipher: null, options, time, logger, instruments)
    {
    }

    internal ArchiveWriter(
        ISegmentArchive archive, ArchiveCipher? cipher, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<ArchiveWriter> logger, ArchiveInstruments? instruments)
    {
        _cipher = cipher;
        _archive = archive;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _days = new DayMarkers(archive);
        _erasures = new Erasures(archive, _options.IsShared);
        _usage = new UsageLedger(archive);
        _pending = new PendingWork(_options.MaxPendingBytes, time);
        _spool = new Spool(Path.GetFullPath(_options.SpoolPath), _options.MaxSpoolBytes);
        _store = new StoreHealth(_options.FirstRetryDelay, time);
        instruments?.Watch(() => Backlog, _options.MaxSpoolBytes);
    }

    /// <summary>What waits for the store now, and what was lost since start.</summary>
    public ArchiveBacklog Backlog
        => _pending.Snapshot() with { SpoolBytes = _spool.Bytes, StoreIsFailing = _store.IsFailing };

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

        return CreateRecorder(identity, _spool.Begin(), isLeftBehind: false, sent);
    }

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
        await _takenOver.Task.WaitAsync(cancellationToken);
        await _pending.WhenIdleAsync(cancellationToken);
    }

    /// <summary>Completes when everything handed over so far has been through the spool's hands.</summary>
    internal Task WhenStagedAsync(CancellationToken cancellationToken) => _pending.WhenAllStagedAsync(cancellationToken);

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
        await _pending.WhenAllStagedAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_store.IsFailing || _pending.CountInMemory() > 0)
        {
            await WhenIdleAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _pending.Close();
        await base.StopAsync(cancellationToken);
        var (backlog, inMemory) = (Backlog, _pending.CountInMemory());
        if (inMemory > 0)
        {
            LogLeftBehind(_logger, inMemory);
        }
        else if (backlog is { Segments: > 0 } or { Manifests: > 0 })
        {
            LogLeftInSpool(_logger, backlog.Segments, backlog.Manifests);
        }

        _sent.Dispose();
        _spool.Dispose();
    }

    internal bool TryTake(ContextRecorder recorder, ArchiveWork work)
    {
        if (_pending.TryAdd(work))
        {
            return true;
        }

        LogLost(recorder, work);
        return false;
    }

    /// <summary>Counts a work as lost. Always true.</summary>
    internal bool Refuse(ContextRecorder recorder, ArchiveWork work)
    {
        _pending.CountLost(work);
        LogLost(recorder, work);
        return true;
    }

    internal void ScheduleStaging(ContextRecorder recorder) => _toStage.Writer.TryWrite(recorder);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Does not delay the host: there may be much to read.
        await Task.Yield();
        var adopting = AdoptSpoolsAsync(stoppingToken);
        var staging = ForEachAsync(_toStage.Reader, StageNextAsync, stoppingToken);
        var syncing = ForEachAsync(
            _toSync.Reader, work => DiskScheduler.RunAsync(() => TrySync(work.Recorder, work.Staged), CancellationToken.None), stoppingToken);
        try
        {
            // Tried at start, so that a wrong setting shows at once; a store that is away is tried again with the first write.
            await PrepareAsync(stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            RecordFailure(failure);
        }

        await Task.WhenAll(Enumerable.Range(0, _options.Parallelism).Select(_ => StoreAsync(stoppingToken)).Append(adopting).Append(staging).Append(syncing));
    }

    private async Task StoreAsync(CancellationToken stoppingToken)
    {
        await foreach (var recorder in _toStore.Reader.ReadAllAsync(stoppingToken))
        {
            var staged = recorder.Staged.Head();
            try
            {
                await PrepareAsync(stoppingToken);
                RecordResult(recorder, staged, await recorder.Files.StoreAsync(staged, recorder.IsLeftBehind || recorder.Failures > 0, stoppingToken));
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                RecordFailure(failure);
                _ = RetryAsync(recorder, staged, stoppingToken);
                continue;
            }

            // The recorder first: once nothing is pending, nothing may be scheduled.
            recorder.Failures = 0;
            var more = recorder.Staged.Advance();
            _pending.Remove(staged.Work);
            if (more)
            {
                _toStore.Writer.TryWrite(recorder);
            }
        }
    }

    private void AddStaged(ContextRecorder recorder, StagedWork staged)
    {
        if (recorder.Staged.Add(staged))
        {
            _toStore.Writer.TryWrite(recorder);
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (!_storeIsReady)
        {
            await _archive.PrepareAsync(cancellationToken);
            _storeIsReady = true;
        }
    }

    private async Task RetryAsync(ContextRecorder recorder, StagedWork staged, CancellationToken stoppingToken)
    {
        // What came before the last outage is no reason to wait long now.
        if (recorder.Outages != _store.Outages)
        {
            (recorder.Outages, recorder.Failures) = (_store.Outages, 0);
        }

        if (++recorder.Failures == 1)
        {
            _toSync.Writer.TryWrite((recorder, staged));
        }

        await _store.PauseAsync(
            RetryDelay.After(recorder.Failures, _options.FirstRetryDelay, _options.LongestRetryDelay, Random.Shared.NextDouble()), stoppingToken);
        _toStore.Writer.TryWrite(recorder);
    }

    private void RecordResult(ContextRecorder recorder, StagedWork staged, StoreResult result)
    {
        if (_store.RecordSuccess())
        {
            LogStoreRecovered(_logger);
        }

        if (result != default && staged.Work is ArchiveWork.StoreSegment segment)
        {
            LogSegmentImpaired(
                _logger, segment.FlushId, recorder.Identity.Tenant, recorder.Identity.Session, recorder.Identity.Context, result.UnreadableChunks, result.NameTaken);
        }
    }

    // Said once per outage, not once per try.
    private void RecordFailure(Exception failure)
    {
        _storeIsReady = false;
        if (_store.RecordFailure())
        {
            LogStoreFailing(_logger, failure);
        }
    }
}
