using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Errors;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Lets a listener in: finds the session and decides where in each context to begin.</summary>
internal sealed class Listenings(
    SessionFeeds feeds,
    ArchivedSessions archive,
    IGrainFactory grains,
    IOptions<ListenerOptions> options,
    ListenerInstruments instruments,
    TimeProvider time,
    ILogger<Listening> logger)
{
    // By then the feed asks too.
    private static readonly TimeSpan LengthTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Begins to listen.</summary>
    /// <param name="key">The session; its tenant from the credential.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="isSequential">Whether contexts are to come one after the other.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The listening, or why it is refused.</returns>
    public async Task<(Listening? Listening, ProtocolError? Error)> OpenAsync(SessionKey key, ListenQuery query, bool isSequential, CancellationToken cancellationToken)
    {
        var session = await GrainRetry.InvokeAsync(() => grains.GetGrain<ISessionGrain>(key.ToString()).GetAsync(), time);
        var archived = session.IsKnown ? [] : await archive.ListAsync(key, cancellationToken);
        if (!session.IsKnown && archived.Length == 0)
        {
            return (null, Problems.SessionNotFound);
        }

        // First it hears everything, then it is decided what of it was meant: so nothing is lost in between.
        var listener = new SessionListener(options.Value.BufferBytes, isSequential, instruments);
        var (feed, view) = await feeds.JoinAsync(key, listener);
        var listening = new Listening(listener, query.WantsBookmarks, feed, feeds, archive, grains, instruments, time, logger);
        try
        {
            if (view.Contexts.Length == 0)
            {
                view = view with { Contexts = archived };
            }

            var (positions, error) = query.Since is { } since
                ? await DecideAsync(view, query, since, listener, cancellationToken)
                : await DecideAsync(view, query, listener, cancellationToken);
            if (error is null)
            {
                listener.Offer(view);

                // Of contexts that are given from their start: what they have said so far is given now and in their order, not after the feed's first check.
                await Task.WhenAll(view.Contexts
                    .Where(context => context.IsOpen && !positions.ContainsKey(context.ContextKey))
                    .Select(context => LearnLengthAsync(listener, context.ContextKey)));
                listener.Start(positions);
                return (listening, null);
            }

            await listening.DisposeAsync();
            return (null, error);
        }
        catch
        {
            await listening.DisposeAsync();
            throw;
        }
    }

    private async Task<(Dictionary<string, int> Positions, ProtocolError? Error)> DecideAsync(
        SessionView view, ListenQuery query, SessionListener listener, CancellationToken cancellationToken)
    {
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        var named = new HashSet<string>(StringComparer.Ordinal);

        // The last life of a context id is the one that is meant.
        foreach (var context in view.Contexts.Reverse())
        {
            var key = ContextKey.Parse(context.ContextKey);
            if (query.Positions.TryGetValue(key.Context, out var position) && named.Add(key.Context))
            {
                if (await CountAsync(key, context, listener, cancellationToken) is { } count && position > count)
                {
                    return (positions, Problems.PositionAhead(position, count));
                }

                positions[context.ContextKey] = position;
            }
            else if (!query.FromStart)
            {
                positions[context.ContextKey] = context.IsOpen ? await CountAsync(key, context, listener, cancellationToken) ?? int.MaxValue : int.MaxValue;
            }
        }

        return (positions, named.Count < query.Positions.Count ? Problems.UnknownPosition : null);
    }

    // A listener that was here before: what it is done with is over for it, what it does not know is new.
    private async Task<(Dictionary<string, int> Positions, ProtocolError? Error)> DecideAsync(
        SessionView view, ListenQuery query, Bookmark since, SessionListener listener, CancellationToken cancellationToken)
    {
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        if (!since.IsOf(view))
        {
            return (positions, null);
        }

        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var context in view.Contexts)
        {
            var key = ContextKey.Parse(context.ContextKey);
            int? position = since.IsPast(context.Ordinal) ? int.MaxValue
                : query.Positions.TryGetValue(key.Context, out var given) && named.Add(key.Context) ? given
                : since.Offsets.TryGetValue(context.Ordinal, out var stood) ? stood
                : null;
            if (position is { } from)
            {
                positions[context.ContextKey] = from;
                if (from != int.MaxValue && await CountAsync(key, context, listener, cancellationToken) is { } count && from > count)
                {
                    return (positions, Problems.PositionAhead(from, count));
                }
            }
        }

        return (positions, named.Count < query.Positions.Count ? Problems.UnknownPosition : null);
    }

    private async Task<int?> CountAsync(ContextKey key, SessionContext context, SessionListener listener, CancellationToken cancellationToken)
        => context.Frames
            ?? (await ReadLengthAsync(listener, context.ContextKey))?.Count
            ?? (await archive.OpenAsync(key, context.Ordinal, cancellationToken))?.Count;

    private async Task LearnLengthAsync(SessionListener listener, string contextKey)
    {
        try
        {
            await ReadLengthAsync(listener, contextKey).WaitAsync(LengthTimeout, time);
        }
        catch (Exception)
        {
            // Its silo may be lost. The feed asks again.
        }
    }

    private async Task<FrameBatch?> ReadLengthAsync(SessionListener listener, string contextKey)
    {
        var length = await GrainRetry.InvokeAsync(() => grains.GetGrain<IContextGrain>(contextKey).ReadAsync(0, maxFrames: 0), time);
        if (length is not null)
        {
            listener.OfferLength(length);
        }

        return length;
    }
}
