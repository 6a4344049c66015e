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
    private const int ClosedRemembered = 4096;

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, VoiceContext> _contexts = [];
    private readonly ClosedContexts _closed;
    private readonly WebSocket _socket;
    private readonly int _number;
    private readonly ApiVersion _version;
    private readonly VoiceHost _host;
    private readonly SocketWriter _writer;
    private volatile FaultRule? _idleClose;
    private long _lastMessage;

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
        _lastMessage = host.Time.GetTimestamp();
        _closed = new ClosedContexts(ClosedRemembered, host.Time);
        _writer = new SocketWriter(
            socket, Guid.NewGuid().ToString(), host.Time, OnOver, new FaultyFrames(host.Faults, socket, number, reset, host.Time));
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
            foreach (var context in TakeAll())
            {
                context.Cancel();
            }
        }
    }

    public void Dispose() => _writer.Dispose();

    // A fault may close a socket that carries nothing, as providers do.
    private ITimer? StartIdleClock(CancellationTokenSource ending)
    {
        if (_host.Faults.FindIdle(_number) is not { } patience)
        {
            return null;
        }

        return _host.Time.CreateTimer(
            _ =>
            {
                if (_host.Time.GetElapsedTime(Volatile.Read(ref _lastMessage)) >= patience && IsIdle() && _host.Faults.StrikeIdle(_number) is { } rule)
                {
                    _idleClose = rule;
                    ending.Cancel();
                }
            },
            null,
            patience / 4,
            patience / 4);
    }

    private bool IsIdle()
    {
        lock (_gate)
        {
            return _contexts.Count == 0;
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        var tooLong = false;
        while (true)
        {
            if (length == buffer.Length)
            {
                tooLong |= length >= _host.Options.MaxMessageBytes;
                length = tooLong ? 0 : length;
                Array.Resize(ref buffer, tooLong ? buffer.Length : Math.Min(buffer.Length * 2, _host.Options.MaxMessageBytes));
            }

            var received = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            length += received.Count;
            Volatile.Write(ref _lastMessage, _host.Time.GetTimestamp());
            if (!received.EndOfMessage)
            {
                continue;
            }

            if (tooLong)
            {
                _writer.Send(ErrorCatalogue.MessageTooLong(_host.Options.MaxMessageBytes), null);
            }
            else if (received.MessageType == WebSocketMessageType.Binary)
            {
                _writer.Send(ErrorCatalogue.BinaryFrame, null);
            }
            else
            {
                OnMessage(buffer.AsSpan(0, length));
            }

            length = 0;
            tooLong = false;
        }
    }

    private void OnMessage(ReadOnlySpan<byte> utf8)
    {
        var error = ClientMessageParser.Parse(utf8, out var message);
        if (message is { IsCancel: true, ContextId: { } cancelled })
        {
            Cancel(cancelled);
            return;
        }

        var known = message.ContextId is { } id ? Find(id) : null;
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
        switch (FindClosed(id))
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
        lock (_gate)
        {
            if (_contexts.Count >= _host.Options.MaxContextsPerSocket)
            {
                return ErrorCatalogue.TooManyContextsOnSocket(_host.Options.MaxContextsPerSocket);
            }

            _contexts.Add(context.Id, context);
        }

        context.Push(message);
        return null;
    }

    private void Cancel(string contextId)
    {
        VoiceContext? context;
        lock (_gate)
        {
            if (_contexts.Remove(contextId, out context))
            {
                _closed.Add(contextId, ClosedHow.Cancelled);
            }
        }

        context?.Cancel();
    }

    private VoiceContext? Find(string contextId)
    {
        lock (_gate)
        {
            return _contexts.GetValueOrDefault(contextId);
        }
    }

    private ClosedHow FindClosed(string contextId)
    {
        lock (_gate)
        {
            return _closed.Find(contextId);
        }
    }

    private void OnOver(VoiceContext context)
    {
        lock (_gate)
        {
            if (_contexts.Remove(context.Id))
            {
                _closed.Add(context.Id, ClosedHow.Finished);
            }
        }
    }

    private List<VoiceContext> TakeAll()
    {
        lock (_gate)
        {
            var all = _contexts.Values.ToList();
            _contexts.Clear();
            return all;
        }
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
            foreach (var context in TakeAll())
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
