using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Pronunciations;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Contexts;
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
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private readonly SocketContexts _contexts;
    private readonly PendingCancels _cancels = new();
    private readonly SemaphoreSlim _stepsUnderWay = new(MostStepsUnderWay);
    private readonly IdleClock _idle;
    private readonly TimeProvider _time;
    private readonly SocketIdentity _identity;
    private readonly SocketOptions _options;
    private readonly IGrainFactory _grains;
    private readonly ContextHandles _handles;
    private readonly ContextLogs _logs;
    private readonly TenantAdmission _admission;
    private readonly ILogger<ClientSocket> _logger;
    private readonly ClientSocketWriter _writer;
    private readonly ClientMessageReader _reader;
    private readonly SocketEnd _end;
    private int _opened;
    private int _isGivenUp;

    public ClientSocket(
        WebSocket socket,
        CoalescingStream transport,
        SocketIdentity identity,
        SocketContexts contexts,
        SocketOptions options,
        IGrainFactory grains,
        ContextHandles handles,
        ContextLogs logs,
        TenantAdmission admission,
        TimeProvider time,
        ILogger<ClientSocket> logger,
        CancellationToken aborted)
    {
        (_identity, _contexts, _options, _grains, _handles, _logs, _logger) = (identity, contexts, options, grains, handles, logs, logger);
        (_time, _admission) = (time, admission);
        _idle = new IdleClock(options.IdleTimeout, time);
        _writer = new ClientSocketWriter(socket, transport);
        _reader = new ClientMessageReader(socket, transport.Received, options.MaxMessageBytes, aborted);
        _end = new SocketEnd(socket, _writer, time);
    }

    /// <summary>Serves the client until it leaves, stays idle too long, or the host stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await using var whenStopping = stopping.Register(() => _ = StopAsync());
        await using var whenIdle = _idle.Start(CloseIdle);
        await using var whenSlow = _time.CreateTimer(_ => GiveUpWhenTooSlow(), null, SlownessCheck, SlownessCheck);
        await ResumeAsync();
        _contexts.OnResumed();
        while (await _reader.ReadAsync() is { } read)
        {
            _idle.Touch();
            await HandleAsync(read);
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
        _contexts.Forget(context, end);
    }

    /// <summary>A context was not let in.</summary>
    public void OnRefused(SocketContext context, ProtocolError error)
    {
        if (_contexts.Forget(context, ContextEnd.Error))
        {
            WriteRefusal(error, context.Key.Context);
        }
    }

    /// <summary>The session of a context was erased before the client had all of it.</summary>
    public void OnErased(SocketContext context)
    {
        if (_contexts.Forget(context, ContextEnd.Error))
        {
            WriteRefusal(ApiErrors.SessionErased, context.Key.Context);
        }
    }

    /// <summary>A grain did not do what it was asked for.</summary>
    public void OnBroken(SocketContext context, Exception exception)
    {
        var requestId = NewRequestId(context.Key.Context);
        LogBroken(_logger, context.Key, requestId, exception);
        if (_contexts.Forget(context, ContextEnd.Error))
        {
            context.Fence();
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
            return CancelAsync(message.ContextId);
        }

        return (message.Transcript?.Length ?? 0) > _options.MaxTranscriptCharacters
            ? FailAsync(ErrorCatalogue.TranscriptTooLong(_options.MaxTranscriptCharacters), message)
            : PushAsync(message);
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

        var context = Create(contextId, _identity.Wishes.Apply(ContextTerms.From(settings!, _identity.Version)));
        var isNumbered = message.Input is not null;
        if (!_contexts.TryAdd(context, isNumbered))
        {
            return null;
        }

        TakePlace(context.Key, isNumbered);
        return context;
    }

    /// <summary>Looks up the pronunciation dictionary of a context.</summary>
    public ValueTask<(ContextTerms Terms, ContextFault? Fault)> FindPronunciationsAsync(ContextTerms terms)
        => PronunciationLookup.FindAsync(_grains, _identity.Tenant, terms);

    private SocketContext Create(string contextId, ContextTerms terms)
    {
        var key = new ContextKey(_identity.Tenant, _identity.Session, contextId, $"{_identity.SocketId}.{Interlocked.Increment(ref _opened)}");
        return new SocketContext(key, _handles.Create(key), terms, this, _writer, _admission, _cancels, _identity.WantsOffsets);
    }

    // A context that is refused touches no session. One that finds room a moment later takes its place then.
    private void TakePlace(ContextKey key, bool isNumbered)
    {
        if (_admission.Admit(key) == 0)
        {
            _ = TakePlaceAsync(key, isNumbered);
        }
    }

    // Contexts open side by side; their places in the session are taken here, where they are still in the order that the client sent them.
    private async Task TakePlaceAsync(ContextKey key, bool isNumbered)
    {
        try
        {
            var session = _grains.GetGrain<ISessionGrain>(key.SessionKey.ToString());
            await RepeatedCall.AskAsync(() => session.OnOpenedAsync(key.ToString(), _identity.Wishes.ToTerms(isNumbered)), _time);
        }
        catch (Exception e)
        {
            // The context asks again for itself when it needs its place.
            LogNoPlace(_logger, key, e);
        }
    }

    private ProtocolError? Check(ClientMessage message, string contextId, out ContextSettings? settings)
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

        return _contexts.IsStopping ? ErrorCatalogue.ShuttingDown
            : _contexts.Count >= _options.MaxContexts ? ErrorCatalogue.TooManyContextsOnSocket(_options.MaxContexts)
            : _options.Check(settings!.ModelId);
    }

    private async ValueTask CancelAsync(string? contextId)
    {
        if (contextId is null)
        {
            Refuse(ErrorCatalogue.Missing("context_id"), null);
        }
        else if (_contexts.Find(contextId) is { } context)
        {
            context.Fence();
            _contexts.Forget(context, ContextEnd.Cancelled);
            await _stepsUnderWay.WaitAsync();
            context.Cancel();
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

    private void WriteRefusal(ProtocolError error, string? contextId)
    {
        var requestId = NewRequestId(contextId);
        LogRefused(_logger, contextId, _identity.Session, _identity.Tenant, error.StatusCode, error.Code, requestId);
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
            GiveUpWhenTooSlow();
        }
    }

    private void CloseIdle()
    {
        if (_contexts.IsEmpty)
        {
            _ = _end.CloseAsync(WebSocketCloseStatus.NormalClosure, "connection idle timeout");
        }
    }

    private void GiveUpWhenTooSlow()
    {
        var unsent = _contexts.Unsent + _writer.UnsentNotices;
        if (unsent > _options.MaxUnsentBytes && Interlocked.Exchange(ref _isGivenUp, 1) == 0)
        {
            LogTooSlow(_logger, _identity.SocketId, unsent);
            _end.Cut();
        }
    }

    // What is open may finish. Then each context gets its terminal frame before the socket goes, because some clients wait for one for ever; but who
    // named its session can go on with it at another host.
    private async Task StopAsync()
    {
        var emptied = _contexts.Stop();
        var isLeft = _identity.MayComeBack && _handles.OutliveUs;
        if (!isLeft)
        {
            await emptied.WaitAsync(_options.DrainTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var context in _contexts.Open)
            {
                await _stepsUnderWay.WaitAsync();
                context.Fail(ContextFault.From(ErrorCatalogue.ShuttingDown));
            }

            await emptied.WaitAsync(StopPatience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _end.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "the host is stopping");
    }

    private void Detach()
    {
        foreach (var context in _contexts.TakeAll())
        {
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
        Level = LogLevel.Debug,
        Message = "Context {ContextId} of session {SessionId}, tenant {TenantId} is refused with error {StatusCode} {ErrorCode}, request {RequestId}")]
    private static partial void LogRefused(
        ILogger logger, string? contextId, string sessionId, string tenantId, int statusCode, string? errorCode, string requestId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} broke, request {RequestId}")]
    private static partial void LogBroken(ILogger logger, ContextKey contextKey, string requestId, Exception exception);
}
