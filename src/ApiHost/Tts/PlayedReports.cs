using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Passes on how much of a context's audio the client of a socket has played. Audio is played after it is delivered, so the context may be over:
/// the last ones of the socket are remembered.
/// </summary>
internal sealed partial class PlayedReports(SocketContexts contexts, IGrainFactory grains, ILogger logger)
{
    private const int MostFinished = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ContextKey> _finished = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    // Only the last word about a context counts, so what waits is bounded whatever the client sends.
    private readonly Dictionary<ContextKey, int> _waiting = [];
    private bool _isTelling;

    /// <summary>Notes that a context is over.</summary>
    public void OnFinished(ContextKey key)
    {
        lock (_gate)
        {
            if (!_finished.ContainsKey(key.Context))
            {
                _order.Enqueue(key.Context);
                if (_order.Count > MostFinished)
                {
                    _finished.Remove(_order.Dequeue());
                }
            }

            _finished[key.Context] = key;
        }
    }

    /// <summary>Passes a report on. One about an unknown context changes nothing, like a cancel of one.</summary>
    /// <param name="contextId">The client's id.</param>
    /// <param name="playedMs">Played audio, ms.</param>
    /// <param name="isAll">Whether the message says nothing else.</param>
    /// <returns>Whether the message is done with.</returns>
    public bool Report(string? contextId, int playedMs, bool isAll)
    {
        if (contextId is not null && FindKey(contextId) is { } key)
        {
            Enqueue(key, playedMs);
        }

        return isAll && contextId is not null;
    }

    private ContextKey? FindKey(string contextId)
    {
        if (contexts.Find(contextId) is { } context)
        {
            return context.Key;
        }

        lock (_gate)
        {
            return _finished.TryGetValue(contextId, out var key) ? key : null;
        }
    }

    private void Enqueue(ContextKey key, int playedMs)
    {
        lock (_gate)
        {
            _waiting[key] = playedMs;
            if (_isTelling)
            {
                return;
            }

            _isTelling = true;
        }

        _ = TellAsync();
    }

    private async Task TellAsync()
    {
        while (TryTake(out var report))
        {
            try
            {
                await grains.GetGrain<IContextGrain>(report.Key.ToString()).ReportPlayedAsync(report.Value);
            }
            catch (Exception e)
            {
                LogNotReported(logger, report.Key, e.Message);
            }
        }
    }

    private bool TryTake(out KeyValuePair<ContextKey, int> report)
    {
        lock (_gate)
        {
            report = _waiting.FirstOrDefault();
            _isTelling = _waiting.Remove(report.Key);
            return _isTelling;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "What the client of context {ContextKey} has played could not be passed on: {Reason}")]
    private static partial void LogNotReported(ILogger logger, ContextKey contextKey, string reason);
}
