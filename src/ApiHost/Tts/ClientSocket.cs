using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Http;
using TtsGrains.ApiHost.Pronunciations;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Tenants;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>One client's socket: reads its messages, hands them to the contexts they are for, and never holds the truth about any.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle to free, and the last steps end after the socket.")]
internal sealed partial class ClientSocket
{
    // How much may wait for the grains before no more is read.
    private const int MostStepsUnderWay = 1024;

    private static readonly TimeSpan SlownessCheck = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    private readonly SocketContexts _contexts;
    private readonly PendingCancels _cancels = new();
    private readonly PlayedReports _played;
    private readonly SemaphoreSlim _stepsUnderWay = new(MostStepsUnderWay);
    private readonly IdleClock _idle;
    private readonly TimeProvider _time;
    private readonly SocketIdentity _identity;
    private readonly SocketOptions _options;
    private readonly IGrainFactory _grains;
    private readonly ContextHandleFactory _handles;
    private readonly ContextLogs _logs;
    private readonly TenantAdmission _admission;
    private readonly TenantRates _rates;
    private readonly RecentErrors _errors;
    private readonly ILogger<ClientSocket> _logger;
    private readonly ClientSocketWriter _writer;
    private readonly ClientMessageReader _reader;
    private readonly SocketEnd _end;
    private readonly RefusalPace _pace;
    private readonly SocketInstruments _instruments;
    private readonly SocketTrace _trace;
    private ProtocolError _stopError = ErrorCatalogue.ShuttingDown;
    private long _delay;
    private int _opened;
    private int _isGivenUp;

    public ClientSocket(
        WebSocket socket,
        CoalescingStream transport,
        SocketIdentity identity,
        SocketContexts contexts,
        SocketOptions options,
        IGrainFactory grains,
        ContextHandleFactory handles,
        ContextLogs logs,
        TenantAdmission admission,
        TenantRates rates,
        RefusalPace pace,
        SocketInstruments instruments,
        SocketTrace trace,
        RecentErrors errors,
        TimeProvider time,
        ILogger<ClientSocket> logger,
        CancellationToken aborted)
    {
        (_identity, _contexts, _options, _grains, _handles, _logs, _logger) = (identity, contexts, options, grains, handles, logs, logger);
        (_time, _admission, _rates, _pace, _instruments, _trace, _errors) = (time, admission, rates, pace, instruments, trace, errors);
        _idle = new IdleClock(options.IdleTimeout, time);
        _writer = new ClientSocketWriter(socket, transport);
        _reader = new ClientMessageReader(socket, transport.Received, options.MaxMessageBytes, aborted);
        _end = new SocketEnd(socket, _writer, time);
        _played = new PlayedReports(contexts, grains, logger);
    }

    /// <summary>Serves the client until it leaves, stays idle too long, its credential becomes void, or the host stops.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken revoked)
    {
        await using var whenRevoked = revoked.Register(() => _ = RevokeAsync());
        await using var whenStopping = stopping.Register(() => _ = StopAsync());
        await using var whenIdle = _idle.Start(CloseIdle);
        await using var whenSlow = _time.CreateTimer(_ => CloseWhenTooSlow(), null, SlownessCheck, SlownessCheck);
        await ResumeAsync();
        _contexts.OnResumed();
        while (await _reader.ReadAsync() is { } read)
        {
            _idle.Touch();
            await HandleAsync(read);
            if (Interlocked.Exchange(ref _delay, 0) is > 0 and var ticks)
            {
                await Task.Delay(TimeSpan.FromTicks(ticks), _time, CancellationToken.None);
            }
        }

        _end.OnLeft();

        // Not before: until then the client's next socket finds here what is about to be opened.
        await _contexts.WhenOpenedAsync();
        Detach();
        await _writer.CloseAsync(WebSocketCloseStatus.NormalClosure, "");
    }

    /// <summary>A context has written its last frame.</summary>
    public void OnFinished(SocketContext context, ContextEnd end)
    {
        _idle.Touch();
        context.Trace?.End(end.ToString().ToLowerInvariant(), end == ContextEnd.Error ? "error" : null);
        _contexts.Forget(context, end);
        _played.OnFinished(context.Key);
    }

    /// <summary>A context was not let in.</summary>
    public void OnRefused(SocketContext context, ProtocolError error)
    {
        context.Trace?.End("refused", error.Code ?? "error");
        if (_contexts.Forget(context, ContextEnd.Error))
        {
            WriteRefusal(error, context.Key.Context, context.Trace?.TraceId);
        }

        if (error.StatusCode == StatusCodes.Status429TooManyRequests)
        {
            Interlocked.Exchange(ref _delay, _pace.Count(_identity.Tenant).Ticks);
        }
    }

    /// <summary>The session of a context was erased before the client had all of it.</summary>
    public void OnErased(SocketContext context)
    {
        context.Trace?.End("erased");
        if (_contexts.Forget(context, ContextEnd.Error))
        {
            WriteRefusal(ApiErrors.SessionErased, context.Key.Context);
        }
    }

    /// <summary>A grain did not do what it was asked for.</summary>
    public void OnBroken(SocketContext context, Exception exception)
    {
        var requestId = NewRequestId(context.Key.Context);
        LogBroken(_logger, context.Key, requestId, context.Trace?.TraceId, exception);
        _errors.Add(_identity.Tenant, ErrorCatalogue.Internal, requestId, _identity.Session, context.Key.Context, context.Trace?.TraceId);
        context.Trace?.End("error", ErrorCatalogue.Internal.Code);
        if (_contexts.Forget(context, ContextEnd.Error))
        {
            context.Mute();
            Write(ErrorCatalogue.Internal, context.Key.Context, requestId);
            context.Cancel();
        }
    }

    /// <summary>A grain has done what it was asked for.</summary>
    public void OnStepDone() => _stepsUnderWay.Release();

    private ValueTask HandleAsync(ClientMessageReader.Read read)
    {
        var error = ClientMessageParser.Parse(read.Bytes, out var message);

        if (read.Whole is not null)
        {
            message.Complete(read.Whole);
        }

        if ((read.Error ?? error) is { } wrong)
        {
            return FailAsync(wrong, message);
        }

        if (message.IsCancel)
        {
            return CancelAsync(message.ContextId, message.PlayedMs);
        }

        if (message.PlayedMs is { } played && _played.Report(message.ContextId, played, message.Transcript is null))
        {
            return default;
        }

        var characters = message.Transcript?.Length ?? 0;
        var tooMuch = characters > _options.MaxTranscriptCharacters ? ErrorCatalogue.TranscriptTooLong(_options.MaxTranscriptCharacters)
            : _rates.CountCharacters(_identity.Tenant, characters);
        return tooMuch is not null ? FailAsync(tooMuch, message) : PushAsync(message);
    }

    private async ValueTask PushAsync(ClientMessage message)
    {
        var contextId = message.ContextId ?? Guid.NewGuid().ToString();
        if (_contexts.Find(contextId) is { } context)
        {
            if (message.Transcript is null)
            {
                await FailAsync(ErrorCatalogue.Missing("transcript"), message);
                return;
            }
        }
        else if (TryOpen(message, contextId) is { } opened)
        {
            context = opened;
        }
        else
        {
            return;
        }

        if (!message.Continue)
        {
            _contexts.OnLastInput(context);
        }

        await _stepsUnderWay.WaitAsync();
        context.Submit(new ContextInput(
            message.Transcript!,
            message.Flush,
            !message.Continue,
            message.GenerationConfig.IsEmpty ? null : message.GenerationConfig.ToArray(),
            !message.IsArchived,
            message.Input).Detach());
    }

    private SocketContext? TryOpen(ClientMessage message, string contextId)
    {
        if (_contexts.IsRest(contextId, message))
        {
            return null;
        }

        if (Check(message, contextId, out var settings) is { } error)
        {
            Refuse(error, contextId, hasMore: message.Continue);
            return null;
        }

        var context = Create(contextId, _identity.Options.Apply(ContextSettings.From(settings!, _identity.Version)));
        var isNumbered = message.Input is not null;
        if (!_contexts.TryAdd(context, isNumbered))
        {
            return null;
        }

        ClaimPlace(context, isNumbered);
        return context;
    }

    /// <summary>Looks up the pronunciation dictionary of a context.</summary>
    public ValueTask<(ContextSettings Settings, ContextFault? Fault)> FindPronunciationsAsync(ContextSettings settings)
        => PronunciationLookup.FindAsync(_grains, _identity.Tenant, settings);

    private SocketContext Create(string contextId, ContextSettings settings)
    {
        var key = new ContextKey(_identity.Tenant, _identity.Session, contextId, $"{_identity.SocketId}.{Interlocked.Increment(ref _opened)}");
        var trace = _trace.StartContext(key, settings.ModelId);
        return new SocketContext(
            key, _handles.Create(key), settings with { TraceParent = trace.TraceParent }, this, _writer, _admission, _cancels, _identity.WantsOffsets)
        { Trace = trace };
    }

    // A context that is refused touches no session. One that finds room a moment later takes its place then.
    private void ClaimPlace(SocketContext context, bool isNumbered)
    {
        if (_admission.Admit(context.Key) == 0)
        {
            context.Claim = new PlaceClaim { Place = ClaimPlaceAsync(context.Key, isNumbered) };
        }
    }

    // Contexts open side by side; their places in the session are taken here, where they are still in the order that the client sent them.
    private async Task<SessionPlace> ClaimPlaceAsync(ContextKey key, bool isNumbered)
    {
        try
        {
            var session = _grains.GetGrain<ISessionGrain>(key.SessionKey.ToString());
            return await GrainRetry.InvokeAsync(() => session.OnOpenedAsync(key.ToString(), _identity.Options.ToSettings(isNumbered)), _time);
        }
        catch (Exception e)
        {
            // The context asks again for itself when it needs its place.
            LogNoPlace(_logger, key, e);
            throw;
        }
    }

    private ProtocolError? Check(ClientMessage message, string contextId, out SpeechSettings? settings)
    {
        settings = null;
        if (message.Input is > 0 and var number)
        {
            return _contexts.IsFinished(contextId) ? ErrorCatalogue.ContextClosed : ErrorCatalogue.InputWithoutContext(number);
        }

        if (ContextOpening.Check(message, _identity.Version, out settings) is { } error)
        {
            return message.ModelId is null && _contexts.IsFinished(contextId) ? ErrorCatalogue.ContextClosed : error;
        }

        return _contexts.IsStopping ? _stopError
            : _contexts.Count >= _options.MaxContexts ? ErrorCatalogue.TooManyContextsOnSocket(_options.MaxContexts)
            : _options.Check(settings!.ModelId) ?? _rates.CountContext(_identity.Tenant);
    }

    private async ValueTask CancelAsync(string? contextId, int? playedMs)
    {
        if (contextId is null)
        {
            Refuse(ErrorCatalogue.Missing("context_id"), null);
        }
        else if (_contexts.Find(contextId) is { } context)
        {
            var since = _time.GetTimestamp();
            context.Mute();
            context.PlayedMs = playedMs;
            _writer.WhenSent(() => _instruments.Silenced(_time.GetElapsedTime(since)));
            context.Trace?.End("cancelled");
            _contexts.Forget(context, ContextEnd.Cancelled);
            await _stepsUnderWay.WaitAsync();
            context.Cancel();
        }
        else if (playedMs is { } played)
        {
            _played.Report(contextId, played, isAll: true);
        }
    }

    // What is wrong with a message ends the context it is for, behind what that has already said. The others never notice.
    private async ValueTask FailAsync(ProtocolError error, ClientMessage message)
    {
        if (message.ContextId is { } contextId && _contexts.Find(contextId) is { } context)
        {
            await _stepsUnderWay.WaitAsync();
            context.Fail(ContextFault.From(error));
        }
        else if (message.ContextId is null || !_contexts.IsRestOfFailed(message.ContextId, message))
        {
            Refuse(error, message.ContextId, hasMore: message.Continue);
        }
    }

    private void Refuse(ProtocolError error, string? contextId, bool hasMore = false)
    {
        if (contextId is not null)
        {
            _contexts.AddRefused(contextId, hasMore);
        }

        WriteRefusal(error, contextId);
    }

    private void WriteRefusal(ProtocolError error, string? contextId, string? traceId = null)
    {
        var requestId = NewRequestId(contextId);
        var isExpected = error.Code == ErrorCatalogue.ShuttingDown.Code || _identity.Tenant == ContextKey.WarmUpTenant;
        var level = isExpected ? LogLevel.Debug : LogLevel.Information;
        LogRefused(_logger, level, contextId, _identity.Session, _identity.Tenant, error.StatusCode, error.Code, requestId, traceId);
        _errors.Add(_identity.Tenant, error, requestId, _identity.Session, contextId, traceId);
        Write(error, contextId, requestId);
    }

    private void Write(ProtocolError error, string? contextId, string requestId)
    {
        var frame = new ArrayBufferWriter<byte>(512);
        ServerFrameWriter.WriteError(frame, error, contextId, requestId);
        _writer.Enqueue(frame.WrittenSpan.ToArray());

        // At once: a client that sends only bad messages could pile up more answers between two checks than the limit allows.
        if (_writer.UnsentNotices > _options.MaxUnsentBytes)
        {
            CloseWhenTooSlow();
        }
    }

    private void CloseIdle()
    {
        if (_contexts.IsEmpty)
        {
            _ = _end.CloseAsync(WebSocketCloseStatus.NormalClosure, "connection idle timeout");
        }
    }

    private void CloseWhenTooSlow()
    {
        var unsent = _contexts.Unsent + _writer.UnsentNotices;
        if (unsent > _options.MaxUnsentBytes && Interlocked.Exchange(ref _isGivenUp, 1) == 0)
        {
            LogTooSlow(_logger, _identity.SocketId, unsent);
            _end.Cut();
        }
    }

    // What is open may finish. Then each context gets its terminal frame before the socket goes, because some clients wait for one indefinitely; but who
    // named its session can go on with it at another host.
    private async Task StopAsync()
    {
        var emptied = _contexts.Stop();
        var isLeft = _identity.MayComeBack && _handles.ContextsOutliveProcess;
        if (!isLeft)
        {
            await emptied.WaitAsync(_options.DrainTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var context in _contexts.Open)
            {
                await _stepsUnderWay.WaitAsync();
                context.Fail(ContextFault.From(ErrorCatalogue.ShuttingDown));
            }

            await emptied.WaitAsync(StopTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _end.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "the host is stopping");
    }

    // Nothing more is spoken. What was written is sent, with a terminal frame for each context, and then the socket goes.
    private async Task RevokeAsync()
    {
        _stopError = ErrorCatalogue.CredentialRevoked;
        _ = _contexts.Stop();
        foreach (var context in _contexts.Open)
        {
            context.Trace?.End("revoked");
            context.Mute();
            if (_contexts.Forget(context, ContextEnd.Error))
            {
                WriteRefusal(ErrorCatalogue.CredentialRevoked, context.Key.Context);
            }

            context.Cancel();
        }

        await _end.CloseAsync(RevokedClose.Status, RevokedClose.Reason);
    }

    private void Detach()
    {
        foreach (var context in _contexts.TakeAll())
        {
            context.Trace?.End("detached");
            context.Detach();
        }
    }

    private string NewRequestId(string? contextId)
        => contextId is null ? _identity.SocketId : $"{_identity.SocketId}:{contextId}:{Guid.NewGuid()}";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Socket {SocketId} is given up: its client leaves {Bytes} bytes unread")]
    private static partial void LogTooSlow(ILogger logger, string socketId, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} got no place in its session yet")]
    private static partial void LogNoPlace(ILogger logger, ContextKey contextKey, Exception exception);

    [LoggerMessage(
        Message = "Context {ContextId} of session {SessionId}, tenant {TenantId} is refused with error {StatusCode} {ErrorCode}, request {RequestId}, trace {TraceId}")]
    private static partial void LogRefused(
        ILogger logger, LogLevel level, string? contextId, string sessionId, string tenantId, int statusCode, string? errorCode, string requestId, string? traceId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} broke, request {RequestId}, trace {TraceId}")]
    private static partial void LogBroken(ILogger logger, ContextKey contextKey, string requestId, string? traceId, Exception exception);
}
