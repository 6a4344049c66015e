using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using TtsGrains.LocalVoice.Contexts;
using TtsGrains.LocalVoice.Faults;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.LocalVoice.Connections;

/// <summary>
/// The one loop that writes to a socket. It sends what is due, earliest first, so contexts take turns; a slow client holds up only itself.
/// </summary>
internal sealed class SocketWriter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<VoiceContext, (long Due, long Number)> _due = new();
    private readonly Queue<(ProtocolError Error, string? ContextId)> _errors = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly WebSocket _socket;
    private readonly string _connectionId;
    private readonly TimeProvider _time;
    private readonly Action<VoiceContext> _onOver;
    private readonly FaultyFrames _faults;
    private readonly ITimer _timer;
    private byte[] _buffer = new byte[8 * 1024];
    private long _numbers;
    private long _errorNumbers;

    /// <param name="socket">The socket, which has no other writer.</param>
    /// <param name="connectionId">Begins the request ids of errors.</param>
    /// <param name="time">The clock of all deadlines.</param>
    /// <param name="onOver">Told after the last frame of a context.</param>
    /// <param name="faults">What goes wrong on the socket.</param>
    public SocketWriter(WebSocket socket, string connectionId, TimeProvider time, Action<VoiceContext> onOver, FaultyFrames faults)
    {
        _faults = faults;
        _socket = socket;
        _connectionId = connectionId;
        _time = time;
        _onOver = onOver;
        _timer = time.CreateTimer(_ => _signal.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Looks at a context anew: something of it may be due earlier than it was.</summary>
    public void Wake(VoiceContext context)
    {
        if (Enqueue(context, context.NextDue))
        {
            _signal.Writer.TryWrite(true);
        }
    }

    /// <summary>Sends an error as soon as possible, of a context that is not open or of none.</summary>
    public void Send(ProtocolError error, string? contextId)
    {
        lock (_gate)
        {
            _errors.Enqueue((error, contextId));
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Writes until it is cancelled; a message that is being sent is finished first.</summary>
    /// <returns>Whether it was cancelled; false when a fault has ended the socket.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            while (TakeError(out var error))
            {
                await SendErrorAsync(error.Error, error.ContextId);
            }

            var now = _time.GetTimestamp();
            if (TakeDue(now) is { } context)
            {
                if (!await SendNextAsync(context, now))
                {
                    return false;
                }

                continue;
            }

            Arm(now);
            try
            {
                await _signal.Reader.ReadAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        }

        return true;
    }

    private async ValueTask<bool> SendNextAsync(VoiceContext context, long now)
    {
        if (_faults.HeldUntil(context) is var held && held > now)
        {
            Enqueue(context, held);
            return true;
        }

        var next = context.PeekDue(now);
        var fate = next is null or FrameKind.Error ? FrameFate.Sent : await _faults.BeforeAsync(context, next == FrameKind.Done);
        if (fate == FrameFate.Ended)
        {
            return false;
        }

        if (fate != FrameFate.Held && context.TryTake(now, out var frame))
        {
            var isLast = frame.IsTerminal;
            await SendFrameAsync(context, frame);
            if (fate == FrameFate.SentTwice && frame.Kind == FrameKind.Done)
            {
                await SendFrameAsync(context, frame);
            }

            _faults.OnSent(context, isLast);
        }

        Enqueue(context, Math.Max(context.NextDue, _faults.HeldUntil(context)));
        return true;
    }

    /// <summary>Sends an error now; only after <see cref="RunAsync"/> has returned.</summary>
    public ValueTask SendErrorAsync(ProtocolError error, string? contextId) => SendErrorAsync(error, contextId, context: null);

    private ValueTask SendErrorAsync(ProtocolError error, string? contextId, VoiceContext? context)
    {
        _json.ResetWrittenCount();
        var number = ++_errorNumbers;
        ServerFrameWriter.WriteError(_json, error, contextId, contextId is null ? $"{_connectionId}:{number}" : $"{_connectionId}:{contextId}:{number}");
        return SendAsync(context, _json.WrittenMemory);
    }

    public void Dispose() => _timer.Dispose();

    private async ValueTask SendFrameAsync(VoiceContext context, OutFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Chunk:
                Reserve(context.Writer.GetMaxLength((frame.Audio.Count + 2) / 3 * 4));
                await SendAsync(context, _buffer.AsMemory(0, context.Writer.WriteChunk(_buffer, frame.Audio.AsSpan(), frame.StepTimeMs, frame.FlushId)));
                frame.Release();
                break;
            case FrameKind.Timestamps or FrameKind.PhonemeTimestamps:
                _json.ResetWrittenCount();
                TimestampsWriter.Write(_json, frame.Kind, frame.Items);
                Reserve(context.Writer.GetMaxLength(_json.WrittenCount));
                await SendAsync(context, _buffer.AsMemory(0, context.Writer.WriteTimestamps(_buffer, frame.Kind, _json.WrittenSpan, frame.FlushId)));
                break;
            case FrameKind.FlushDone:
                Reserve(context.Writer.GetMaxLength(0));
                await SendAsync(context, _buffer.AsMemory(0, context.Writer.WriteFlushDone(_buffer, frame.FlushId)));
                break;
            case FrameKind.Done:
                // The slot is free before the client can hear of it, so its next context finds room.
                _onOver(context);
                Reserve(context.Writer.GetMaxLength(0));
                await SendAsync(context, _buffer.AsMemory(0, context.Writer.WriteDone(_buffer)));
                break;
            default:
                _onOver(context);
                await SendErrorAsync(frame.Error!, context.Id, context);
                break;
        }
    }

    private async ValueTask SendAsync(VoiceContext? context, ReadOnlyMemory<byte> message)
    {
        if (context is null || _faults.Rewrite(context, message.Span) is not { } frames)
        {
            await SendAsync(message);
            return;
        }

        foreach (var rewritten in frames)
        {
            await SendAsync(rewritten);
        }
    }

    // Without a token: cancelling a send aborts the socket, and the last words to the client with it.
    private ValueTask SendAsync(ReadOnlyMemory<byte> message) => _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private void Reserve(int length)
    {
        if (_buffer.Length < length)
        {
            _buffer = new byte[Math.Max(length, _buffer.Length * 2)];
        }
    }

    private bool Enqueue(VoiceContext context, long due)
    {
        lock (_gate)
        {
            if (due >= context.QueuedFor)
            {
                return false;
            }

            context.QueuedFor = due;
            _due.Enqueue(context, (due, _numbers++));
            return true;
        }
    }

    private VoiceContext? TakeDue(long now)
    {
        lock (_gate)
        {
            while (_due.TryPeek(out var context, out var key) && key.Due <= now)
            {
                _due.Dequeue();

                // An entry that was overtaken by an earlier one of the same context has no meaning any more.
                if (context.QueuedFor == key.Due)
                {
                    context.QueuedFor = long.MaxValue;
                    return context;
                }
            }

            return null;
        }
    }

    private bool TakeError(out (ProtocolError Error, string? ContextId) error)
    {
        lock (_gate)
        {
            return _errors.TryDequeue(out error);
        }
    }

    private void Arm(long now)
    {
        long due;
        lock (_gate)
        {
            due = _due.TryPeek(out _, out var key) ? key.Due : long.MaxValue;
        }

        // Whole milliseconds upwards, as timers count: one that fires early would only have to be set again.
        var wait = due == long.MaxValue ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((due - now) * 1000.0 / _time.TimestampFrequency)));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
