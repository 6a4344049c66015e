using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using TtsGrains.LocalVoice.Contexts;
using TtsGrains.LocalVoice.Faults;
using TtsGrains.LocalVoice.Voices;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.LocalVoice.Connections;

/// <summary>One client's socket: reads its messages, owns its contexts. A receive is always pending, whatever is being spoken.</summary>
internal sealed partial class VoiceSocket : IDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly OpenContexts _contexts;
    private readonly MessageReader _reader;
    private readonly WebSocket _socket;
    private readonly int _number;
    private readonly ApiVersion _version;
    private readonly VoiceHost _host;
    private readonly SocketWriter _writer;
    private volatile FaultRule? _idleClose;

    /// <param name="socket">The socket.</param>
    /// <param name="number">Counts the sockets of the server, from 1.</param>
    /// <param name="version">The version that the client speaks.</param>
    /// <param name="host">What all sockets share.</param>
    /// <param name="reset">Resets the connection.</param>
    public VoiceSocket(WebSocket socket, int number, ApiVersion version, VoiceHost host, Action reset)
    {
        _number = number;
        _socket = socket;
        _version = version;
        _host = host;
        _contexts = new OpenContexts(host.Options.MaxContextsPerSocket, host.Time);
        _reader = new MessageReader(socket, host.Options.MaxMessageBytes, host.Time);
        _writer = new SocketWriter(
            socket, Guid.NewGuid().ToString(), host.Time, _contexts.Finish, new FaultyFrames(host.Faults, socket, number, reset, host.Time));
    }

    /// <summary>Serves the client until one side closes.</summary>
    /// <param name="stopping">The server stops: every open context gets an error, then the socket is closed.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await using var idle = StartIdleClock(ending);
        var writing = _writer.RunAsync(ending.Token);
        var reading = ReadAsync();
        try
        {
            await Task.WhenAny(reading, writing);
            await ending.CancelAsync();

            // A client that has stopped to read can hold up the message that is being sent.
            if (!await writing.WaitAsync(CloseTimeout, CancellationToken.None))
            {
                // A fault has ended it: what is left unsaid stays so.
                return;
            }

            await CloseAsync();
            await reading.WaitAsync(CloseTimeout, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or TimeoutException or OperationCanceledException or IOException)
        {
            LogLost(_host.Logger, e.Message);
            _socket.Abort();
        }
        finally
        {
            foreach (var context in _contexts.TakeAll())
            {
                context.Cancel();
            }
        }
    }

    public void Dispose() => _writer.Dispose();

    // A fault may close a socket that carries nothing, as providers do.
    private ITimer? StartIdleClock(CancellationTokenSource ending)
    {
        if (_host.Faults.FindIdle(_number) is not { } timeout)
        {
            return null;
        }

        return _host.Time.CreateTimer(
            _ =>
            {
                if (_reader.SilentFor >= timeout && _contexts.IsEmpty && _host.Faults.StrikeIdle(_number) is { } rule)
                {
                    _idleClose = rule;
                    ending.Cancel();
                }
            },
            null,
            timeout / 4,
            timeout / 4);
    }

    private async Task ReadAsync()
    {
        while (true)
        {
            var (kind, utf8) = await _reader.ReadAsync();
            switch (kind)
            {
                case ReceivedKind.Close:
                    return;
                case ReceivedKind.TooLong:
                    _writer.Send(ErrorCatalogue.MessageTooLong(_host.Options.MaxMessageBytes), null);
                    break;
                case ReceivedKind.Binary:
                    _writer.Send(ErrorCatalogue.BinaryFrame, null);
                    break;
                default:
                    OnMessage(utf8.Span);
                    break;
            }
        }
    }

    private void OnMessage(ReadOnlySpan<byte> utf8)
    {
        var error = ClientMessageParser.Parse(utf8, out var message);
        if (message is { IsCancel: true, ContextId: { } cancelled })
        {
            _contexts.Cancel(cancelled)?.Cancel();
            return;
        }

        var known = message.ContextId is { } id ? _contexts.Find(id) : null;
        error ??= message.IsCancel ? ErrorCatalogue.Missing("context_id")
            : message.Transcript?.Length > _host.Options.MaxTranscriptCharacters ? ErrorCatalogue.TranscriptTooLong(_host.Options.MaxTranscriptCharacters)
            : null;
        if (known is not null)
        {
            if (error is null)
            {
                known.Push(message);
            }
            else
            {
                known.Fail(error);
            }

            return;
        }

        // A client that names no context gets one named by us; it learns the name from the first frame.
        var opened = message.ContextId ?? Guid.NewGuid().ToString();
        error ??= Open(opened, message);
        if (error is not null)
        {
            _writer.Send(error, message.ContextId);
        }
    }

    private ProtocolError? Open(string id, ClientMessage message)
    {
        switch (_contexts.FindClosed(id))
        {
            case ClosedHow.Cancelled:
            case ClosedHow.Finished when !message.HasText && !message.Flush:
                // It crossed our last frame, or was sent before the cancel was known: no reason to alarm the client.
                return null;
            case ClosedHow.Finished:
                return ErrorCatalogue.ContextClosed;
            default:
                break;
        }

        if (ContextOpening.Check(message, _version, out var settings) is { } error)
        {
            return error;
        }

        if (_host.Languages.Find(settings!.Locale ?? settings.Language) is not { } language)
        {
            return ErrorCatalogue.OutOfRange(settings.Locale is null ? "language" : "locale", $"one of {string.Join(", ", _host.Languages.Codes)}");
        }

        if (settings is { PronunciationDictId: { } dict, Pronunciations.IsEmpty: true })
        {
            // It keeps no dictionaries: the service sends the entries.
            return ErrorCatalogue.PronunciationDictNotFound(dict);
        }

        if (!message.Continue && !message.Flush && !SpeechPlan.HasContent(message.Transcript!))
        {
            return ErrorCatalogue.EmptyTranscript;
        }

        var voice = VoiceProfile.Create(settings.VoiceId, language);
        var context = new VoiceContext(id, new ServerFrameWriter(id, _version), message, settings, voice, _host, _writer.Wake);
        if (!_contexts.TryAdd(context))
        {
            return ErrorCatalogue.TooManyContextsOnSocket(_host.Options.MaxContextsPerSocket);
        }

        context.Push(message);
        return null;
    }

    // The writer has stopped, so this is the only one who sends.
    private async Task CloseAsync()
    {
        if (_socket.State == WebSocketState.CloseReceived)
        {
            await _socket.CloseOutputAsync(_socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        else if (_idleClose is { } rule)
        {
            await _socket.CloseOutputAsync(rule.CloseStatus, rule.Reason, CancellationToken.None);
        }
        else if (_socket.State == WebSocketState.Open)
        {
            foreach (var context in _contexts.TakeAll())
            {
                context.Cancel();
                await _writer.SendErrorAsync(ErrorCatalogue.ShuttingDown, context.Id);
            }

            await _socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "going away", CancellationToken.None);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A client's connection was lost: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);
}
