using System.Net.WebSockets;
using System.Text;
using TtsGrains.LocalVoice.Contexts;

namespace TtsGrains.LocalVoice.Faults;

/// <summary>Carries the faults out on one socket. Only its writer uses it.</summary>
/// <param name="script">The faults.</param>
/// <param name="socket">The socket.</param>
/// <param name="number">Its number.</param>
/// <param name="reset">Resets the connection.</param>
/// <param name="time">The clock.</param>
internal sealed class FaultyFrames(FaultScript script, WebSocket socket, int number, Action reset, TimeProvider time)
{
    private readonly long _openedAt = time.GetTimestamp();
    private readonly Dictionary<VoiceContext, SloppyFrames> _sloppy = [];
    private string _endedLast = "";
    private int _frames;
    private long _heldUntil;

    /// <summary>Until when nothing of a context may be sent; a timestamp of the clock.</summary>
    public long HeldUntil(VoiceContext context) => Math.Max(_heldUntil, context.HeldUntil);

    /// <summary>Does what goes wrong before the next frame of a context.</summary>
    /// <param name="context">The context.</param>
    /// <param name="isDone">Whether the frame is its <c>done</c>.</param>
    /// <returns>What becomes of the frame.</returns>
    public async ValueTask<FrameFate> BeforeAsync(VoiceContext context, bool isDone)
    {
        if (script.IsEmpty)
        {
            return FrameFate.Sent;
        }

        var place = new FaultPlace(
            number, context.Number, context.FirstText, _frames, context.FramesSent, time.GetElapsedTime(_openedAt), time.GetElapsedTime(context.OpenedAt), isDone, context.Model);
        var fate = FrameFate.Sent;
        foreach (var rule in script.Strike(place))
        {
            fate = await CarryOutAsync(rule, context, fate);
            if (fate == FrameFate.Ended)
            {
                return fate;
            }
        }

        return fate;
    }

    /// <summary>What is sent in place of a frame of a context; null for the frame as it is.</summary>
    public IEnumerable<byte[]>? Rewrite(VoiceContext context, ReadOnlySpan<byte> frame) => _sloppy.TryGetValue(context, out var sloppy) ? sloppy.Rewrite(frame) : null;

    /// <summary>Notes that a frame was sent.</summary>
    public void OnSent(VoiceContext context, bool isLast)
    {
        _frames++;
        context.FramesSent++;
        _endedLast = isLast ? context.Id : _endedLast;
        if (isLast)
        {
            _sloppy.Remove(context);
        }

        if (context.Delay > TimeSpan.Zero)
        {
            context.HeldUntil = After(context.Delay);
        }
    }

    private async ValueTask<FrameFate> CarryOutAsync(FaultRule rule, VoiceContext context, FrameFate fate)
    {
        switch (rule.Fault)
        {
            case FaultKind.Drop:
                return FrameFate.Ended;
            case FaultKind.Reset:
                reset();
                return FrameFate.Ended;
            case FaultKind.Close:
                await socket.CloseOutputAsync(rule.CloseStatus, rule.Reason, CancellationToken.None);
                return FrameFate.Ended;
            case FaultKind.Stall:
                Hold(rule, context, rule.ForMs == 0 ? long.MaxValue : After(TimeSpan.FromMilliseconds(rule.ForMs)));
                return FrameFate.Held;
            case FaultKind.Slow:
                context.Delay = TimeSpan.FromMilliseconds(rule.DelayMs!.Value);
                return fate;
            case FaultKind.Error:
                context.Fail(ScriptedError.Create(rule));
                return FrameFate.Held;
            case FaultKind.Garbage:
                await SendAsync("{\"type\":\"chunk\",\"data\":", WebSocketMessageType.Text);
                return fate;
            case FaultKind.Binary:
                await SendAsync("binary", WebSocketMessageType.Binary);
                return fate;
            case FaultKind.Stale:
                await SendStaleAsync("unknown");
                await SendStaleAsync(_endedLast);
                return fate;
            case FaultKind.Sloppy:
                _sloppy.TryAdd(context, new SloppyFrames(rule));
                return fate;
            case FaultKind.BadAudio:
                await SendAsync($$"""{"type":"chunk","context_id":{{Quote(context.Id)}},"status_code":206,"done":false,"step_time":1,"flush_id":1,"data":"not audio!"}""", WebSocketMessageType.Text);
                return fate;
            case FaultKind.EarlyDone:
                await SendAsync($$"""{"type":"done","context_id":{{Quote(context.Id)}},"status_code":206,"done":true}""", WebSocketMessageType.Text);
                return fate;
            case FaultKind.DuplicateDone:
                return FrameFate.SentTwice;
            default:
                throw new InvalidOperationException($"No code carries out {rule.Fault}.");
        }
    }

    private void Hold(FaultRule rule, VoiceContext context, long until)
    {
        if (rule.IsOfContext)
        {
            context.HeldUntil = until;
        }
        else
        {
            _heldUntil = until;
        }
    }

    private async ValueTask SendStaleAsync(string contextId)
    {
        var id = Quote(contextId);
        await SendAsync($$"""{"type":"chunk","context_id":{{id}},"status_code":206,"done":false,"step_time":1,"flush_id":1,"data":"AAAAAAAAAAA="}""", WebSocketMessageType.Text);
        await SendAsync($$"""{"type":"done","context_id":{{id}},"status_code":206,"done":true}""", WebSocketMessageType.Text);
    }

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private ValueTask SendAsync(string frame, WebSocketMessageType type)
        => socket.SendAsync(Encoding.UTF8.GetBytes(frame).AsMemory(), type, endOfMessage: true, CancellationToken.None);

    private long After(TimeSpan delay) => time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
}

/// <summary>What becomes of a frame. Zero is never a valid value.</summary>
internal enum FrameFate : byte
{
    None = 0,
    Sent = 1,
    SentTwice = 2,

    /// <summary>Not now.</summary>
    Held = 3,

    /// <summary>The socket has ended.</summary>
    Ended = 4,
}
