using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Tenants;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts;

/// <summary>One life of one context: runs <see cref="ContextLifecycle"/> and carries out what it decides.</summary>
[GrainType(GrainTypes.Context), PreferLocalPlacement]
internal sealed partial class ContextGrain(
    ContextLogs logs,
    UpstreamPool pool,
    UpstreamCatalogue catalogue,
    ArchiveWriter archive,
    SiloDrain drain,
    TenantAdmission admission,
    ContextTelemetryFactory telemetry,
    IOptions<ContextOptions> options,
    IOptionsMonitor<UpstreamOptions> upstreams,
    IOptionsMonitor<TenantOptions> tenants,
    IClusterClient cluster,
    TimeProvider time,
    ILogger<ContextGrain> logger) : Grain, IContextGrain
{
    // An owner, or the session's storage, may be away when the context is to be finished.
    private static readonly TimeSpan FinalTimeout = TimeSpan.FromSeconds(3);

    private static readonly ContextState NeverOpened = ContextState.New with { Phase = ContextPhase.None };

    private readonly PendingInputs _pending = new();
    private readonly List<ContextInput> _receivedInputs = [];
    private readonly InputSequence _inputs = new();
    private ContextState _state = NeverOpened;
    private ContextKey _key;
    private ContextSettings? _settings;
    private ContextLog? _log;
    private ContextRecording? _recording;
    private ContextRecorder? _recorder;
    private Task<SessionPlace> _place = Task.FromResult(default(SessionPlace));
    private ContextPublisher? _publisher;
    private ContextTelemetry? _telemetry;
    private DateTimeOffset _openedAt;
    private IGrainTimer? _expiry;
    private IGrainTimer? _reconnectTimer;
    private bool _isOpening;
    private bool _isCancelled;
    private bool _endedWell;
    private bool _isRetained;
    private bool _isKept;
    private int? _delivered;
    private int _restored;
    private bool _wasRestored;

    // Warm-up contexts are not counted.
    private ContextInstruments? Counted => _key.IsWarmUp ? null : telemetry.Contexts;

    private ISessionGrain Session => GrainFactory.GetGrain<ISessionGrain>(_key.SessionKey.ToString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = ContextKey.Parse(this.GetPrimaryKeyString());
        Counted?.Activated();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_state.Phase is ContextPhase.Open or ContextPhase.Draining && !_isMoved)
        {
            await EndWithHostAsync();
        }

        await FinishAsync(cancellationToken);
        await CorrectUsage();
        _publisher?.Stop();
        _replicator?.Stop();
        logs.Remove(this.GetPrimaryKeyString());
        Counted?.Deactivated();
    }

    // An owner in another process restores it on another silo. A context that cannot continue ends with a terminal frame, so that no client waits without end.
    private async Task EndWithHostAsync()
    {
        if (_replicator is not null)
        {
            await MoveAsync();
            return;
        }

        await CarryOutAsync([new ContextEffect.Close(ContextOutcome.Error, ErrorCatalogue.ShuttingDown)]);
        _state = _state with { Phase = ContextPhase.Closed };
    }

    // What its owner has not got yet, or the archive.
    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_finishing, _replicator?.WhenDeliveredAsync() ?? Task.CompletedTask).WaitAsync(FinalTimeout, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            LogNotFinished(logger, this.GetPrimaryKeyString());
        }
    }

    public async Task<ContextFault?> OpenAsync(ContextSettings settings, ContextInput first, ContextOwner? owner = null, PlaceClaim? claim = null)
    {
        if (_state.Phase != ContextPhase.None)
        {
            return ContextFault.From(ErrorCatalogue.ContextClosed);
        }

        ThrowIfDraining();
        _isOpening = true;
        _telemetry = telemetry.Create(_key, settings);
        var admission = _telemetry?.StartAdmission();
        var limit = await AdmitAsync();
        admission.End(limit > 0 ? "limit_reached" : null);
        if (limit > 0)
        {
            // Its place may have been taken for it.
            _ = LeaveSessionAsync(how: null);
            DeactivateOnIdle();
            return ContextFault.From(ErrorCatalogue.TooManyContexts(limit));
        }

        // The same on every silo: with the ids it names the context's record of usage.
        Begin(settings, settings.OpenedAt ?? time.GetUtcNow(), isNumbered: first.Number is not null, claim);
        ReplicateTo(owner, from: 0);
        Accept(first);
        first = first.Attach();
        Note(first);
        return await RunAsync(new ContextCommand.Push(WithConfig(first), IsFirst: true));
    }

    // All but the first push: what is also done for a context that is opened again.
    private void Begin(ContextSettings settings, DateTimeOffset openedAt, bool isNumbered, PlaceClaim? claim = null)
    {
        _settings = settings;
        _isKept = !settings.IsNotKept && tenants.Get(_key.Tenant).Archive == ArchiveSwitch.On;
        _openedAt = openedAt;
        _log = new ContextLog(
            new ServerFrameWriter(_key.Context, ApiVersion.Parse(settings.ApiVersion)), settings.Format, settings.AddTimestamps, settings.AddPhonemeTimestamps)
        {
            PartBytes = _isKept ? archive.PartBytes : 0,
            Observer = _telemetry,
            TraceParent = settings.TraceParent,
        };
        _recording = new ContextRecording(_log, settings.ApiVersion, time) { Telemetry = _telemetry, IsUsageOnly = !_isKept, Sent = CountSent() };
        _state = ContextState.New;
        logs.Add(this.GetPrimaryKeyString(), _log);

        // Its place in the session is needed by the archive and by listeners: the text does not wait for it.
        _place = ClaimPlaceAsync(isNumbered, claim?.Place);
        _ = NoteOrdinalAsync(_place);

        // An open context is not idle, however long its client thinks.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
    }

    public async Task<ContextFault?> PushAsync(ContextInput input, int epoch = 0, int number = -1)
    {
        ThrowIfMoved();
        if (_log is null)
        {
            DeactivateUnlessOpening();
            return ContextFault.From(ErrorCatalogue.ContextNotFound);
        }

        // Ignores calls from a superseded owner, and duplicate inputs.
        if (epoch < _log.OwnerEpoch || (number >= 0 && number < _receivedInputs.Count))
        {
            return null;
        }

        if (_endedWell && input.Number is null)
        {
            return ContextFault.From(ErrorCatalogue.ContextDone);
        }

        switch (Accept(input))
        {
            case InputOrder.Repeat:
                return null;
            case InputOrder.Ahead:
                return await RunAsync(new ContextCommand.Fail(ErrorCatalogue.InputAhead(input.Number!.Value, _inputs.Taken)));
        }

        _expiry?.Dispose();
        input = input.Attach();
        NoteSilence(input);
        Note(input);
        return await RunAsync(new ContextCommand.Push(WithConfig(input), IsFirst: false));
    }

    // What was set for one text holds for those behind it; an upstream context that is opened for it knows of none.
    private ContextInput WithConfig(ContextInput input) => _state.IsUpstreamLive ? input : input with { GenerationConfig = _pending.Config };

    private InputOrder Accept(ContextInput input)
    {
        _receivedInputs.Add(input);
        return _inputs.Take(input.Number);
    }

    private void Note(ContextInput input)
    {
        if (_state.Phase == ContextPhase.Open)
        {
            _recording!.Add(input);
            _pending.Add(input, _log!.Chunks);
        }
    }

    public Task FailAsync(ContextFault fault)
    {
        ThrowIfMoved();
        return RunAsync(new ContextCommand.Fail(fault.ToError()));
    }

    public async Task<bool> IsOpenAsync()
    {
        DeactivateUnlessOpening();

        // Who hears that it is over may count on its session to know that too.
        await _finishing.WaitAsync(FinalTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return _state.Phase is ContextPhase.Open or ContextPhase.Draining;
    }

    public Task CancelAsync(int? delivered = null, double? playedMs = null)
    {
        ThrowIfMoved();
        if (_recording is not null)
        {
            _recording.PlayedMs = playedMs ?? _recording.PlayedMs;
        }

        _delivered = delivered;
        return RunAsync(new ContextCommand.Cancel());
    }

    private async Task<ContextFault?> RunAsync(ContextCommand command)
    {
        var decision = ContextLifecycle.Decide(_state, command);
        _state = decision.State;
        await CarryOutAsync(decision.Effects);
        return decision.Refusal is null ? null : ContextFault.From(decision.Refusal);
    }

    private Task<ContextFault?> ExpireAsync()
    {
        _pending.EndUnfinished();
        return RunAsync(new ContextCommand.Expire());
    }

    private async Task CarryOutAsync(ImmutableArray<ContextEffect> effects)
    {
        foreach (var effect in effects)
        {
            // What came before may have ended it.
            if (_log!.IsClosed)
            {
                return;
            }

            switch (effect)
            {
                case ContextEffect.ForgetFlushes:
                    _log.ForgetFlushes();
                    break;
                case ContextEffect.ExpectFlush flush:
                    _log.ExpectFlush(flush.IsSpoken);
                    ArchiveSegments(SegmentEnding.Flush);
                    break;
                case ContextEffect.Send send:
                    await SendAsync(send.Input);
                    break;
                case ContextEffect.CompleteFlushes:
                    _log.CompleteFlushes();
                    ArchiveSegments(SegmentEnding.Flush);
                    break;
                case ContextEffect.AwaitInput:
                    _expiry?.Dispose();
                    _expiry = this.RegisterGrainTimer(_ => ExpireAsync(), options.Value.Expiry, Timeout.InfiniteTimeSpan);
                    break;
                case ContextEffect.CancelUpstream:
                    CancelUpstream();
                    break;
                case ContextEffect.Close close:
                    await CloseAsync(close.Outcome, close.Error);
                    return;
                default:
                    throw new InvalidOperationException($"No code carries out {effect.GetType().Name}.");
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} ends with its host before its owner, or the archive, has all of it")]
    private static partial void LogNotFinished(ILogger logger, string contextKey);
}
