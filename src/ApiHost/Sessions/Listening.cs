using System.Runtime.CompilerServices;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// All that one listener is to hear, in order: what the session's stream brings, what is read from the logs of the contexts in between, what is
/// read from the archive when a log is gone, and where neither has it, the gap.
/// </summary>
internal sealed partial class Listening(
    SessionListener listener,
    bool withBookmarks,
    SessionFeed feed,
    SessionFeeds feeds,
    ArchivedSessions archive,
    IGrainFactory grains,
    ListenerInstruments instruments,
    TimeProvider time,
    ILogger<Listening> logger)
    : IAsyncDisposable
{
    // A context whose silo is lost is restored on another within seconds.
    private static readonly TimeSpan RestoreTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RestoreCheckInterval = TimeSpan.FromMilliseconds(200);

    private readonly ListenerTrace _trace = new();
    private readonly Dictionary<string, ArchivedContext?> _archived = new(StringComparer.Ordinal);

    /// <summary>What every event begins with.</summary>
    public SessionPrefix Prefix => feed.Prefix;

    /// <summary>True if the session is over and nothing is left to give.</summary>
    public bool IsOver => listener.IsOver;

    /// <summary>Ends when the session is over and everything has been given.</summary>
    public async IAsyncEnumerable<ListenerEventPart> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (TakeBookmark(null) is { } first)
        {
            yield return default(ListenerEventPart) with { Bookmark = first };
        }

        while (await listener.NextAsync(cancellationToken) is { } step)
        {
            var piece = step.IsNothing ? null
                : step.Batch is { } shared ? new ListenerEventPart(step.Track, shared, step.From, null)
                : await ReadAsync(step, cancellationToken);
            if (listener.IsErased)
            {
                // While it was being read.
                yield break;
            }

            var bookmark = TakeBookmark(step.Track);
            _trace.OnPiece(piece ?? default);
            _trace.EndFinished(listener);
            if (piece is not null || bookmark is not null)
            {
                yield return (piece ?? default) with { Bookmark = bookmark };
                if (piece?.Frames?.ReceivedAt is { } received)
                {
                    // The listener asks for more: it has taken this.
                    instruments.Lagged(time.GetElapsedTime(received));
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _trace.Dispose();
        await feeds.LeaveAsync(feed, listener);
    }

    /// <summary>Counts a frame that was written to the listener.</summary>
    public void RecordSent() => instruments.Sent();

    private Bookmark? TakeBookmark(ListenerTrack? track) => withBookmarks ? listener.TakeBookmark(track) : null;

    private async Task<ListenerEventPart?> ReadAsync(ListenerStep step, CancellationToken cancellationToken)
    {
        var (track, from) = (step.Track, step.From);
        var since = time.GetTimestamp();
        if (!_archived.TryGetValue(track.ContextKey, out var archived))
        {
            var logged = await ReadLogAsync(step);
            if (logged is null)
            {
                archived = await OpenAsync(track, cancellationToken);
                logged = archived is null ? await WhenRestoredAsync(step, cancellationToken) : null;
            }

            if (logged is not null)
            {
                instruments.Waited(time.GetElapsedTime(since), PauseCause.Silo);
                return Take(track, from, logged);
            }

            _archived[track.ContextKey] = archived;
        }

        // What lies behind all that the archive has is missing just as what it lacks in between.
        var there = archived is null || (from >= archived.Count && from < track.Known) ? default(int?) : archived.SkipMissing(from);
        if (there != from)
        {
            return new ListenerEventPart(track, null, from, listener.OnMissing(track, from, there));
        }

        var stored = await archived!.ReadAsync(track.ContextKey, from, step.ToRead, cancellationToken);
        instruments.Waited(time.GetElapsedTime(since), PauseCause.Archive);
        return Take(track, from, stored);
    }

    private Task<FrameBatch?> ReadLogAsync(ListenerStep step)
        => GrainRetry.InvokeAsync(() => grains.GetGrain<IContextGrain>(step.Track.ContextKey).ReadAsync(step.From, step.ToRead), time);

    // Until it is restored, it has no log, and the archive does not have it: but nothing of it is missing.
    private async Task<FrameBatch?> WhenRestoredAsync(ListenerStep step, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (listener.MayBeRestored(step.Track) && time.GetElapsedTime(since) < RestoreTimeout)
        {
            await Task.Delay(RestoreCheckInterval, time, cancellationToken);
            if (await ReadLogAsync(step) is { } logged)
            {
                return logged;
            }
        }

        return null;
    }

    private ListenerEventPart? Take(ListenerTrack track, int from, FrameBatch batch)
    {
        listener.OnRead(track, batch);
        return batch.Frames.Length > 0 ? new ListenerEventPart(track, new SharedBatch(batch, feed.Prefix), from, null) : null;
    }

    private async Task<ArchivedContext?> OpenAsync(ListenerTrack track, CancellationToken cancellationToken)
    {
        try
        {
            return await archive.OpenAsync(ContextKey.Parse(track.ContextKey), track.Ordinal, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogArchiveAway(logger, feed.Key, e);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A listener of session {SessionKey} cannot be given what the archive has")]
    private static partial void LogArchiveAway(ILogger logger, SessionKey sessionKey, Exception exception);
}

/// <summary>Some frames of one context, or a gap, and where the listener stands behind it.</summary>
/// <param name="Track">The context; null when there is nothing but a bookmark.</param>
/// <param name="Frames">Frames, some of which may lie before <paramref name="From"/>; null for a gap.</param>
/// <param name="From">The first offset that is meant.</param>
/// <param name="GapTo">Behind the last frame that is missing; null if unknown.</param>
internal readonly record struct ListenerEventPart(ListenerTrack? Track, SharedBatch? Frames, int From, int? GapTo)
{
    /// <summary>Where the listener stands; null when it is not to be told.</summary>
    public Bookmark? Bookmark { get; init; }

    /// <summary>Whether the context says nothing after this. Its last frame may be here before the log says that it is complete.</summary>
    public bool IsLast => Frames is { Batch: var batch }
        && (batch.Frames is [.., { Kind: FrameKind.Done or FrameKind.Error }] || (batch.IsComplete && batch.To == batch.Count));
}
