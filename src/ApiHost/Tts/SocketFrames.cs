using System.Net.WebSockets;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Wakeups;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Takes the frames of one context from its log, and writes them to the client's socket.</summary>
/// <param name="context">The context.</param>
/// <param name="writer">Writes to the socket.</param>
/// <param name="withOffsets">Whether the client wants to be told the offset of every frame.</param>
internal sealed class SocketFrames(SocketContext context, ClientSocketWriter writer, bool withOffsets) : ILogWatcher
{
    private readonly Lock _muteLock = new();
    private IContextFrames? _log;
    private int _epoch;
    private int _next;
    private long _taken;
    private int _isQueued;
    private bool _isFenced;
    private bool _hasSpoken;

    /// <summary>The offset of the next frame.</summary>
    public int Next => _next;

    /// <summary>Whether another socket has become the owner.</summary>
    public bool IsSuperseded => _log is { } log && log.OwnerEpoch != _epoch;

    /// <summary>Bytes of frames that the client has not taken yet.</summary>
    public long Unsent => _log is { } log && log.OwnerEpoch == _epoch ? log.Bytes - Volatile.Read(ref _taken) : 0;

    /// <summary>Continues behind frames that the client has.</summary>
    /// <param name="log">The log.</param>
    /// <param name="epoch">Which owner this is.</param>
    /// <param name="from">The offset of the next frame.</param>
    public void Resume(IContextFrames log, int epoch, int from)
    {
        (_epoch, _next) = (epoch, from);
        for (var offset = 0; offset < from && log.TryRead(offset, out var entry); offset++)
        {
            _taken += entry.Frame.Length;
        }

        Follow(log);
    }

    /// <summary>Writes what is in the log, and what is appended to it.</summary>
    public void Follow(IContextFrames log)
    {
        _log = log;
        _log.Watch(this);
        OnAppended();
    }

    public void Unwatch() => _log?.Unwatch(this);

    /// <summary>Writes nothing more.</summary>
    public void Mute()
    {
        lock (_muteLock)
        {
            _isFenced = true;
        }
    }

    /// <summary>The last frame cannot be written yet: it is taken again.</summary>
    public void PutBack(in LogEntry last)
    {
        _next--;
        Volatile.Write(ref _taken, _taken - last.Frame.Length);
        Interlocked.Exchange(ref _isQueued, 0);
    }

    /// <summary>The end may have waited for something that is over now.</summary>
    public void RetryEnd()
    {
        if (_log is { IsClosed: true })
        {
            OnAppended();
        }
    }

    public void OnAppended()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            writer.Enqueue(context);
        }
    }

    /// <summary>Writes the frames that are ready into the held transport, up to its bound. Queues the context again when there may be more.</summary>
    public async ValueTask WriteReadyAsync(WebSocket socket, CoalescingStream transport)
    {
        do
        {
            ValueTask sent;
            bool isLast;
            lock (_muteLock)
            {
                if (_isFenced || IsSuperseded)
                {
                    _log!.Unwatch(this);
                    return;
                }

                if (_log!.IsErased)
                {
                    _log.Unwatch(this);
                    _isFenced = true;
                    context.OnErased();
                    return;
                }

                if (!TryTakeNext(out var entry))
                {
                    // What was appended in between found the flag still up. A full fence: the flag must be down before the log is looked at again.
                    Interlocked.Exchange(ref _isQueued, 0);
                    if (_next < _log!.Count)
                    {
                        OnAppended();
                    }

                    return;
                }

                // Over before the client can know: what it then sends for the same id is for the next context of that id.
                isLast = entry.Kind is FrameKind.Done or FrameKind.Error;
                if (isLast)
                {
                    if (!context.TryEnd(entry))
                    {
                        return;
                    }

                    writer.OnEnding(context);
                }

                // Only sent: no answer is awaited here.
                if (!_hasSpoken)
                {
                    _hasSpoken = true;
                    context.OnSpeaking();
                }

                _log!.RecordWritten(_next);

                // Into the held buffer: no lock is held while the network takes it.
                var frame = withOffsets ? FrameOffset.Put(entry.Frame.Span, _next - 1) : entry.Frame;
                sent = socket.SendAsync(frame, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
            }

            await sent.ConfigureAwait(false);
            if (isLast)
            {
                return;
            }
        }
        while (transport.HeldBytes < ClientSocketWriter.MostHeldBytes);

        writer.Enqueue(context);
    }

    private bool TryTakeNext(out LogEntry entry)
    {
        while (_log!.TryRead(_next, out entry))
        {
            _next++;
            Volatile.Write(ref _taken, _taken + entry.Frame.Length);
            if (entry.IsForOwner)
            {
                return true;
            }
        }

        return false;
    }
}
