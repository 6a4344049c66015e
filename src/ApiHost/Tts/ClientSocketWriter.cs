using System.Net.WebSockets;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Writes to one client's socket, one frame at a time, in turns between the contexts that have something. Whoever has news starts the
/// writing on its own thread; while the socket takes frames at once, no other thread is woken.
/// </summary>
/// <remarks>
/// Whoever has news may be a grain at work: nothing here comes back to its scheduler.
/// Nothing is sent with a token that can be cancelled: the WebSocket would register with it for every frame. A lost connection ends a pending
/// write by itself.
/// </remarks>
internal sealed class ClientSocketWriter(WebSocket socket)
{
    // What a queued frame takes beside its bytes.
    private const int NoticeOverhead = 64;

    private readonly Lock _gate = new();
    private readonly Queue<SocketContext> _ready = new();
    private readonly Queue<ReadOnlyMemory<byte>> _notices = new();
    private (WebSocketCloseStatus Status, string Reason)? _close;
    private TaskCompletionSource? _closed;
    private bool _isWriting;
    private bool _isBroken;
    private long _noticeBytes;

    /// <summary>Bytes of frames of no context, such as error answers, that the client has not taken yet.</summary>
    public long UnsentNotices => Interlocked.Read(ref _noticeBytes);

    /// <summary>A context has frames to write. It is queued at most once at a time.</summary>
    public void Enqueue(SocketContext context)
    {
        lock (_gate)
        {
            if (_isBroken)
            {
                return;
            }

            _ready.Enqueue(context);
            if (!TryStart())
            {
                return;
            }
        }

        _ = WriteAsync();
    }

    /// <summary>Writes a frame that is in no log: an error about what could not become a context.</summary>
    public void Enqueue(ReadOnlyMemory<byte> notice)
    {
        lock (_gate)
        {
            if (_isBroken)
            {
                return;
            }

            _notices.Enqueue(notice);
            _noticeBytes += notice.Length + NoticeOverhead;
            if (!TryStart())
            {
                return;
            }
        }

        _ = WriteAsync();
    }

    /// <summary>Closes our side after everything queued has been written.</summary>
    /// <returns>Completes when it is closed, or cannot be written to any more.</returns>
    public Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        lock (_gate)
        {
            if (_isBroken)
            {
                return Task.CompletedTask;
            }

            if (_closed is not null)
            {
                return _closed.Task;
            }

            _close = (status, reason);
            _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!TryStart())
            {
                return _closed.Task;
            }
        }

        _ = WriteAsync();
        return _closed.Task;
    }

    private bool TryStart()
    {
        if (_isWriting)
        {
            return false;
        }

        _isWriting = true;
        return true;
    }

    private async Task WriteAsync()
    {
        try
        {
            while (Take(out var context, out var notice, out var close))
            {
                if (context is not null)
                {
                    await context.WriteNextAsync(socket).ConfigureAwait(false);
                }
                else if (close is { } end)
                {
                    await socket.CloseOutputAsync(end.Status, end.Reason, CancellationToken.None).ConfigureAwait(false);
                    Break();
                }
                else
                {
                    await socket.SendAsync(notice, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None).ConfigureAwait(false);
                    OnNoticeSent(notice.Length);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The client is gone. The loop that reads the socket finds the same and detaches the contexts.
            Break();
        }
    }

    private bool Take(out SocketContext? context, out ReadOnlyMemory<byte> notice, out (WebSocketCloseStatus Status, string Reason)? close)
    {
        context = null;
        notice = default;
        close = null;
        lock (_gate)
        {
            if (_isBroken)
            {
                return false;
            }

            if (_notices.TryDequeue(out notice) || _ready.TryDequeue(out context))
            {
                return true;
            }

            if (_close is not null)
            {
                close = _close;
                _close = null;
                return true;
            }

            _isWriting = false;
            return false;
        }
    }

    private void OnNoticeSent(int length)
    {
        lock (_gate)
        {
            _noticeBytes -= length + NoticeOverhead;
        }
    }

    private void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            _ready.Clear();
            _notices.Clear();
            _noticeBytes = 0;
            _closed?.TrySetResult();
        }
    }
}
