using System.Net.WebSockets;
using TtsGrains.Grains.Wakeups;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Writes to one client's socket: everything that is ready, of all its contexts, goes out as one buffer with one flush. The first caller with news starts the
/// writing on its own thread; while the socket takes bytes at once, no other thread is woken.
/// </summary>
/// <remarks>
/// The caller may be a grain: nothing here comes back to its scheduler.
/// Nothing is sent with a token that can be cancelled: the WebSocket would register with it for every frame. A lost connection ends a pending
/// write on its own.
/// </remarks>
internal sealed class ClientSocketWriter(WebSocket socket, CoalescingStream transport) : IDeferredWork
{
    /// <summary>Bytes after which a buffer is written although more is ready: contexts take turns, and a cancel soon takes effect.</summary>
    public const int MostHeldBytes = 16 * 1024;

    // What a queued frame takes beside its bytes.
    private const int NoticeOverhead = 64;

    private readonly Lock _gate = new();
    private readonly Queue<SocketContext> _ready = new();
    private readonly Queue<ReadOnlyMemory<byte>> _notices = new();
    private readonly Queue<Action> _whenSent = new();

    // Contexts whose last frame is part of the buffer that is being written. Used by the writing thread only.
    private readonly List<SocketContext> _ending = [];
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

        WakeBatch.Run(this);
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
            Interlocked.Add(ref _noticeBytes, notice.Length + NoticeOverhead);
            if (!TryStart())
            {
                return;
            }
        }

        WakeBatch.Run(this);
    }

    /// <summary>Calls back when the buffer that is being written now, if any, is sent or lost. The callback must not block or throw.</summary>
    public void WhenSent(Action callback)
    {
        lock (_gate)
        {
            if (_isWriting && !_isBroken)
            {
                _whenSent.Enqueue(callback);
                return;
            }
        }

        callback();
    }

    /// <summary>The last frame of a context becomes part of the buffer. Called by the context while it writes.</summary>
    public void OnEnding(SocketContext context) => _ending.Add(context);

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

        WakeBatch.Run(this);
        return _closed.Task;
    }

    void IDeferredWork.Run() => _ = WriteAsync();

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
            while (!TryStop())
            {
                var close = await WriteBufferAsync().ConfigureAwait(false);
                if (close is { } end)
                {
                    await socket.CloseOutputAsync(end.Status, end.Reason, CancellationToken.None).ConfigureAwait(false);
                    Break();
                }

                CallBack();
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The client is gone. The loop that reads the socket finds the same and detaches the contexts. Those that have written their last frame it
            // does not know any more; their client may come back for their end.
            foreach (var context in _ending)
            {
                context.Detach();
            }

            Break();
        }

        // Those too that were added since the last buffer.
        CallBack();
    }

    private void CallBack()
    {
        while (true)
        {
            Action? callback;
            lock (_gate)
            {
                if (!_whenSent.TryDequeue(out callback))
                {
                    return;
                }
            }

            callback();
        }
    }

    private async ValueTask<(WebSocketCloseStatus Status, string Reason)?> WriteBufferAsync()
    {
        (WebSocketCloseStatus Status, string Reason)? close = null;
        var noticeBytes = 0;
        transport.Hold();
        while (close is null && transport.HeldBytes < MostHeldBytes && Take(out var context, out var notice, out close))
        {
            if (context is not null)
            {
                await context.WriteReadyAsync(socket, transport).ConfigureAwait(false);
            }
            else if (close is null)
            {
                await socket.SendAsync(notice, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None).ConfigureAwait(false);
                noticeBytes += notice.Length + NoticeOverhead;
            }
        }

        await transport.ReleaseAsync().ConfigureAwait(false);
        _ending.Clear();
        Interlocked.Add(ref _noticeBytes, -noticeBytes);
        return close;
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

            close = _close;
            _close = null;
            return close is not null;
        }
    }

    private bool TryStop()
    {
        lock (_gate)
        {
            if (!_isBroken && (_notices.Count > 0 || _ready.Count > 0 || _close is not null))
            {
                return false;
            }

            _isWriting = false;
            return true;
        }
    }

    private void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            _ready.Clear();
            _notices.Clear();
            Interlocked.Exchange(ref _noticeBytes, 0);
            _closed?.TrySetResult();
        }
    }
}
