using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TtsGrains.Grains.Archive;

/// <summary>
/// Stores finished speech, off the audio path: contexts hand over and go on, this writes. Several contexts at a time, one thing of a context at a time.
/// What the store refuses is tried again until it takes it; a context that waits for its next try holds up no other.
/// </summary>
public sealed partial class ArchiveWriter : BackgroundService
{
    private readonly Channel<ContextRecorder> _ready = Channel.CreateUnbounded<ContextRecorder>();
    private readonly ISegmentArchive _archive;
    private readonly ArchiveOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ArchiveWriter> _logger;
    private readonly DayMarkers _days;
    private readonly PendingWork _pending;
    private volatile bool _storeIsReady;
    private int _storeIsFailing;

    public ArchiveWriter(ISegmentArchive archive, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<ArchiveWriter> logger)
    {
        _archive = archive;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _days = new DayMarkers(archive);
        _pending = new PendingWork(_options.MaxPendingBytes, time);
    }

    /// <summary>What waits for the store now, and what was lost since start.</summary>
    public ArchiveBacklog Backlog => _pending.Snapshot();

    /// <summary>Opens the account of a context.</summary>
    /// <exception cref="ArgumentException">An id is empty, the ordinal negative or the format not one of samples.</exception>
    public ContextRecorder Begin(ContextIdentity identity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(identity.Format.SampleRate);
        if (!Enum.IsDefined(identity.Format.Encoding) || identity.Format.Encoding == default)
        {
            throw new ArgumentOutOfRangeException(nameof(identity), identity.Format.Encoding, "Not an encoding of samples.");
        }

        return new ContextRecorder(identity, new ContextFiles(identity, _archive, _days), this);
    }

    /// <summary>Completes when everything handed over so far, and since, is stored.</summary>
    public Task WhenIdleAsync(CancellationToken cancellationToken) => _pending.WhenIdleAsync(cancellationToken);

    /// <summary>Waits for what is pending, for so long as the options say, then stops. What is left is counted in the log.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.DrainTimeout, _time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        await WhenIdleAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _pending.Close();
        await base.StopAsync(cancellationToken);
        if (Backlog is { Segments: > 0 } or { Manifests: > 0 })
        {
            LogLeftBehind(_logger, Backlog.Segments, Backlog.Manifests);
        }
    }

    internal bool TryTake(ContextRecorder recorder, ArchiveWork work)
    {
        if (_pending.TryAdd(work))
        {
            return true;
        }

        var (tenant, session, context) = (recorder.Identity.Tenant, recorder.Identity.Session, recorder.Identity.Context);
        switch (work)
        {
            case ArchiveWork.StoreSegment segment:
                LogSegmentLost(_logger, segment.FlushId, tenant, session, context);
                break;
            case ArchiveWork.StoreManifest:
                LogManifestLost(_logger, tenant, session, context);
                break;
        }

        return false;
    }

    internal void Schedule(ContextRecorder recorder) => _ready.Writer.TryWrite(recorder);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Tried at start, so that a wrong setting shows at once; a store that is away is tried again with the first write.
            await PrepareAsync(stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            NoteFailure(failure);
        }

        await Task.WhenAll(Enumerable.Range(0, _options.Parallelism).Select(_ => WriteAsync(stoppingToken)));
    }

    private async Task WriteAsync(CancellationToken stoppingToken)
    {
        await foreach (var recorder in _ready.Reader.ReadAllAsync(stoppingToken))
        {
            var work = recorder.Head();
            try
            {
                await PrepareAsync(stoppingToken);
                NoteResult(recorder, work, await recorder.Files.StoreAsync(work, stoppingToken));
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                NoteFailure(failure);
                _ = RetryAsync(recorder, stoppingToken);
                continue;
            }

            // The recorder first: whoever sees nothing pending must find nothing scheduled.
            var more = recorder.Advance();
            _pending.Remove(work);
            if (more)
            {
                Schedule(recorder);
            }
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

    private async Task RetryAsync(ContextRecorder recorder, CancellationToken stoppingToken)
    {
        recorder.Failures++;
        var delay = RetryDelay.After(recorder.Failures, _options.FirstRetryDelay, _options.LongestRetryDelay, Random.Shared.NextDouble());
        await Task.Delay(delay, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Schedule(recorder);
    }

    private void NoteResult(ContextRecorder recorder, ArchiveWork work, StoreResult result)
    {
        if (Interlocked.Exchange(ref _storeIsFailing, 0) == 1)
        {
            LogStoreRecovered(_logger);
        }

        if (result != default && work is ArchiveWork.StoreSegment segment)
        {
            LogSegmentImpaired(
                _logger, segment.FlushId, recorder.Identity.Tenant, recorder.Identity.Session, recorder.Identity.Context, result.UnreadableChunks, result.NameTaken);
        }
    }

    // Said once per outage, not once per try.
    private void NoteFailure(Exception failure)
    {
        _storeIsReady = false;
        if (Interlocked.Exchange(ref _storeIsFailing, 1) == 0)
        {
            LogStoreFailing(_logger, failure);
        }
    }
}
