using TtsGrains.ApiHost.Contexts;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Wakeups;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// The frames of one context, awaited by one reader. Who stops reading before the end cancels the context by disposing of this. What the client
/// has not taken waits in the log; past a bound the client is given up.
/// </summary>
internal sealed class Speech : ILogWatcher, IAsyncDisposable
{
    // What has become of it, if anything. The first to say decides: a token source that is disposed of must not be cancelled.
    private const int TooSlow = 1;
    private const int Disposed = 2;

    private readonly SemaphoreSlim _news = new(0);
    private readonly CancellationTokenSource _ending;
    private readonly IContextHandle _handle;
    private readonly IContextFrames _log;
    private readonly long _maxUnsentBytes;
    private readonly IDisposable _liveEntry;
    private readonly ContextTrace _trace;
    private long _taken;
    private int _fate;
    private int _hasNews;
    private int _next;
    private bool _hasFailed;

    /// <param name="handle">The context, open.</param>
    /// <param name="maxUnsentBytes">The most bytes of frames that may wait for the client.</param>
    /// <param name="liveEntry">Disposed at the end.</param>
    /// <param name="trace">Its span.</param>
    /// <param name="aborted">Cancelled when the client is gone.</param>
    public Speech(IContextHandle handle, long maxUnsentBytes, IDisposable liveEntry, ContextTrace trace, CancellationToken aborted)
    {
        _handle = handle;
        _log = handle.Frames;
        _maxUnsentBytes = maxUnsentBytes;
        _liveEntry = liveEntry;
        _trace = trace;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Ending = _ending.Token;
        _log.Watch(this);
    }

    /// <summary>Cancelled when nothing more can be given to the client: it is gone, or given up.</summary>
    public CancellationToken Ending { get; }

    /// <summary>Whether the client was given up because it leaves too much unread.</summary>
    public bool IsTooSlow => Volatile.Read(ref _fate) == TooSlow;

    /// <summary>Waits until there is a frame to read.</summary>
    /// <returns>False when there will be no more.</returns>
    /// <exception cref="OperationCanceledException">The client is gone, or given up.</exception>
    public async ValueTask<bool> WaitAsync()
    {
        while (true)
        {
            // Asked before the log is read: what is there once it is closed is all there will be.
            var isClosed = _log.IsClosed;
            if (TryPeek(out _))
            {
                return true;
            }

            if (isClosed)
            {
                return false;
            }

            await _news.WaitAsync(Ending);
            Interlocked.Exchange(ref _hasNews, 0);
        }
    }

    /// <summary>Takes the next frame that the client asked for, if it is there.</summary>
    public bool TryRead(out LogEntry entry)
    {
        if (!TryPeek(out entry))
        {
            return false;
        }

        Take(entry);
        return true;
    }

    /// <summary>The error that the next frame says; null when it says something else.</summary>
    public ProtocolError? PeekError()
        => TryPeek(out var entry) && entry.Kind == FrameKind.Error && ServerFrameParser.TryParse(entry.Frame.Span, out var frame) ? frame.ToError() : null;

    public void OnAppended()
    {
        if (_log.Bytes - Volatile.Read(ref _taken) > _maxUnsentBytes && Interlocked.CompareExchange(ref _fate, TooSlow, 0) == 0)
        {
            // Not on this thread, which reads the upstream for everybody.
            _ = _ending.CancelAsync();
        }

        if (Interlocked.Exchange(ref _hasNews, 1) == 0)
        {
            _news.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _log.Unwatch(this);
        if (Interlocked.CompareExchange(ref _fate, Disposed, 0) == 0)
        {
            _ending.Dispose();
        }

        _trace.End(!_log.IsClosed ? "cancelled" : _hasFailed ? "error" : "done", _hasFailed ? "error" : null);
        if (!_log.IsClosed)
        {
            await _handle.CancelAsync(_next);
        }

        _liveEntry.Dispose();
    }

    private bool TryPeek(out LogEntry entry)
    {
        while (_log.TryRead(_next, out entry))
        {
            if (entry.IsForOwner)
            {
                return true;
            }

            Take(entry);
        }

        return false;
    }

    private void Take(in LogEntry entry)
    {
        _next++;
        _hasFailed |= entry.Kind == FrameKind.Error;
        Volatile.Write(ref _taken, _taken + entry.Frame.Length);
    }
}
