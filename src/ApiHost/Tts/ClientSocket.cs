using System.Net.WebSockets;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Pronunciations;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>One client's socket: reads its messages, hands them to the contexts they are for, and never holds the truth about any.</summary>
internal sealed class ClientSocket : ISocketContextOwner
{
    // Each may open a context, which takes some tenths of a millisecond.
    private const int MessagesPerTurn = 4;

    private static readonly TimeSpan SlownessCheck = TimeSpan.FromSeconds(1);

    private readonly SocketIdentity _identity;
    private readonly SocketContexts _contexts;
    private readonly SocketServices _services;
    private readonly IdleClock _idle;
    private readonly ClientSocketWriter _writer;
    private readonly ClientMessageReader _reader;
    private readonly SocketEnd _end;
    private readonly SocketSteps _steps = new();
    private readonly SocketAnswers _answers;
    private readonly SocketContextOpener _opener;
    private readonly PlaceClaims _places;
    private readonly SocketShutdown _shutdown;
    private readonly PlayedReports _played;
    private long _delay;
    private int _handled;

    public ClientSocket(
        WebSocket socket,
        CoalescingStream transport,
        SocketIdentity identity,
        SocketContexts contexts,
        SocketTrace trace,
        SocketServices services,
        CancellationToken aborted)
    {
        (_identity, _contexts, _services) = (identity, contexts, services);
        _idle = new IdleClock(services.Options.IdleTimeout, services.Time);
        _writer = new ClientSocketWriter(socket, transport);
        _reader = new ClientMessageReader(socket, transport.Received, services.Options.MaxMessageBytes, aborted);
        _end = new SocketEnd(socket, _writer, services.Time);
        _shutdown = new SocketShutdown(identity, contexts, _writer, _end, _steps, services);
        _answers = new SocketAnswers(identity, contexts, _writer, services, _shutdown.CloseWhenTooSlow);
        _places = new PlaceClaims(identity, services);
        _opener = new SocketContextOpener(identity, contexts, _writer, _answers, this, _places, trace, services);
        _played = new PlayedReports(contexts, services.Grains, services.Logger);
    }

    /// <summary>Serves the client until it leaves, stays idle too long, its credential becomes void, or the host stops.</summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken revoked)
    {
        await using var whenRevoked = revoked.Register(() => _ = _shutdown.RevokeAsync(_opener, _answers));
        await using var whenStopping = stopping.Register(() => _ = _shutdown.StopAsync());
        await using var whenIdle = _idle.Start(_shutdown.CloseIdle);
        await using var whenSlow = _services.Time.CreateTimer(_ => _shutdown.CloseWhenTooSlow(), null, SlownessCheck, SlownessCheck);
        await new SocketResumption(_identity, _contexts, _opener, _answers, _services).RunAsync();
        _contexts.OnResumed();
        while (await ReadAsync() is { } read)
        {
            _idle.Touch();
            await HandleAsync(read);
            if (Interlocked.Exchange(ref _delay, 0) is > 0 and var ticks)
            {
                await Task.Delay(TimeSpan.FromTicks(ticks), _services.Time, CancellationToken.None);
            }
        }

        _end.OnLeft();
        _places.OnLeft();

        // Not before: until then the client's next socket finds here what is about to be opened.
        await _contexts.WhenOpenedAsync();
        Detach();
        await _writer.CloseAsync(WebSocketCloseStatus.NormalClosure, "");
    }

    public void OnSpeaking() => _places.Ask();

    public void OnFinished(SocketContext context, ContextEnd end)
    {
        _idle.Touch();
        context.Trace?.End(end.ToString().ToLowerInvariant(), end == ContextEnd.Error ? "error" : null);
        _contexts.Forget(context, end);
        _played.OnFinished(context.Key);
    }

    public void OnRefused(SocketContext context, ProtocolError error)
    {
        context.Trace?.End("refused", error.Code ?? "error");
        if (_contexts.Forget(context, ContextEnd.Error))
        {
            _answers.WriteRefusal(error, context.Key.Context, context.Trace?.TraceId);
        }

        if (error.StatusCode == StatusCodes.Status429TooManyRequests)
        {
            Interlocked.Exchange(ref _delay, _services.Pace.Count(_identity.Tenant).Ticks);
        }
    }

    public void OnErased(SocketContext context)
    {
        context.Trace?.End("erased");
        if (_contexts.Forget(context, ContextEnd.Error))
        {
            _answers.WriteRefusal(ApiErrors.SessionErased, context.Key.Context);
        }
    }

    public void OnBroken(SocketContext context, Exception exception)
    {
        var requestId = _answers.NoteBroken(context, exception);
        context.Trace?.End("error", ErrorCatalogue.Internal.Code);
        if (_contexts.Forget(context, ContextEnd.Error))
        {
            context.Mute();
            _answers.Write(ErrorCatalogue.Internal, context.Key.Context, requestId);
            context.Cancel();
        }
    }

    public void OnStepDone() => _steps.OnDone();

    public void OnMissed(SocketContext ended, ContextSettings settings, IReadOnlyList<ContextInput> inputs)
    {
        if (_opener.FindOrOpenNext(ended.Key.Context, settings) is { } next)
        {
            _ = SubmitAsync(next, inputs);
        }
        else
        {
            _answers.Refuse(ErrorCatalogue.ShuttingDown, ended.Key.Context, hasMore: !inputs[^1].IsLast);
        }
    }

    public ValueTask<(ContextSettings Settings, ContextFault? Fault)> FindPronunciationsAsync(ContextSettings settings)
        => PronunciationLookup.FindAsync(_services.Grains, _identity.Tenant, settings);

    // Messages that are here already are handled without a wait; behind some of them, other sockets have their turn.
    private async ValueTask<ClientMessageReader.Read?> ReadAsync()
    {
        var read = _reader.ReadAsync();
        if (!read.IsCompleted)
        {
            _handled = 0;
        }
        else if (++_handled == MessagesPerTurn)
        {
            _handled = 0;
            await Task.Yield();
        }

        return await read;
    }

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
        var most = _services.Options.MaxTranscriptCharacters;
        var tooMuch = characters > most ? ErrorCatalogue.TranscriptTooLong(most) : _services.Rates.CountCharacters(_identity.Tenant, characters);
        return tooMuch is not null ? FailAsync(tooMuch, message) : PushAsync(message);
    }

    private ValueTask PushAsync(ClientMessage message)
    {
        var contextId = message.ContextId ?? Guid.NewGuid().ToString();
        if (_contexts.Find(contextId) is { } context)
        {
            if (message.Transcript is null)
            {
                return FailAsync(ErrorCatalogue.Missing("transcript"), message);
            }

            if (!context.IsArchived && message.IsArchived && !_identity.Options.IsNotKept && _services.Rates.CheckArchive(_identity.Tenant) is { } full)
            {
                return FailAsync(full, message);
            }
        }
        else if (_opener.TryOpen(message, contextId) is { } opened)
        {
            context = opened;
        }
        else
        {
            return ValueTask.CompletedTask;
        }

        if (!message.Continue)
        {
            _contexts.OnLastInput(context);
        }

        return _steps.SubmitAsync(context, new ContextInput(
            message.Transcript!,
            message.Flush,
            !message.Continue,
            message.GenerationConfig.IsEmpty ? null : message.GenerationConfig.ToArray(),
            !message.IsArchived,
            message.Input).Detach());
    }

    private async Task SubmitAsync(SocketContext context, IReadOnlyList<ContextInput> inputs)
    {
        foreach (var input in inputs)
        {
            if (input.IsLast)
            {
                _contexts.OnLastInput(context);
            }

            await _steps.SubmitAsync(context, input);
        }
    }

    private ValueTask CancelAsync(string? contextId, int? playedMs)
    {
        if (contextId is null)
        {
            _answers.Refuse(ErrorCatalogue.Missing("context_id"), null);
            return ValueTask.CompletedTask;
        }

        if (_contexts.Find(contextId) is not { } context)
        {
            if (playedMs is { } played)
            {
                _played.Report(contextId, played, isAll: true);
            }

            return ValueTask.CompletedTask;
        }

        var since = _services.Time.GetTimestamp();
        context.Mute();
        context.PlayedMs = playedMs;
        _writer.WhenSent(() => _services.Instruments.Silenced(_services.Time.GetElapsedTime(since)));
        context.Trace?.End("cancelled");
        _contexts.Forget(context, ContextEnd.Cancelled);
        return _steps.CancelAsync(context);
    }

    // What is wrong with a message ends the context it is for, behind what that has already said. The others never notice.
    private ValueTask FailAsync(ProtocolError error, ClientMessage message)
    {
        if (message.ContextId is { } contextId && _contexts.Find(contextId) is { } context)
        {
            return _steps.FailAsync(context, ContextFault.From(error));
        }

        if (message.ContextId is null || !_contexts.IsRestOfFailed(message.ContextId, message))
        {
            _answers.Refuse(error, message.ContextId, hasMore: message.Continue);
        }

        return ValueTask.CompletedTask;
    }

    private void Detach()
    {
        foreach (var context in _contexts.TakeAll())
        {
            context.Trace?.End("detached");
            context.Detach();
        }
    }
}
