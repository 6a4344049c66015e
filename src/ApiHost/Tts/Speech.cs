using TtsGrains.ApiHost.Contexts;
using TtsGrains.Grains.Contexts;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// The frames of one context, awaited by one reader. Who stops reading before the end cancels the context by disposing of this.
/// </summary>
internal sealed class Speech : ILogWatcher, IAsyncDisposable
{
    private readonly SemaphoreSlim _news = new(0);
    private readonly IContextHandle _handle;
    private readonly IContextFrames _log;
    private int _hasNews;
    private int _next;

    public Speech(IContextHandle handle)
    {
        _handle = handle;
        _log = handle.Frames;
        _log.Watch(this);
    }

    /// <summary>Waits until there is a frame to read.</summary>
    /// <returns>False when there will be no more.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
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

            await _news.WaitAsync(cancellationToken);
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

        _next++;
        return true;
    }

    /// <summary>The error that the next frame says; null when it says something else.</summary>
    public ProtocolError? PeekError()
        => TryPeek(out var entry) && entry.Kind == FrameKind.Error && ServerFrameParser.TryParse(entry.Frame.Span, out var frame) ? frame.ToError() : null;

    public void OnAppended()
    {
        if (Interlocked.Exchange(ref _hasNews, 1) == 0)
        {
            _news.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _log.Unwatch(this);
        if (!_log.IsClosed)
        {
            await _handle.CancelAsync(_next);
        }
    }

    private bool TryPeek(out LogEntry entry)
    {
        while (_log.TryRead(_next, out entry))
        {
            if (entry.IsForOwner)
            {
                return true;
            }

            _next++;
        }

        return false;
    }
}
