using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// The ids of the server-sent events of one listener. An id is the query that continues behind its event: the last bookmark as <c>since</c>, and for
/// each context that was heard since then its next offset as <c>from</c>.
/// </summary>
/// <param name="query">What the listener asked for.</param>
internal sealed class EventIds(ListenQuery query)
{
    private readonly Dictionary<string, int> _next = new(query.Positions, StringComparer.Ordinal);
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private Bookmark? _bookmark = query.Since;

    /// <summary>The id behind all events so far.</summary>
    public string Current
    {
        get
        {
            var id = new StringBuilder(_bookmark is null ? $"from={(query.FromStart ? "start" : "live")}" : $"since={_bookmark}");
            foreach (var (context, next) in _next)
            {
                id.Append(CultureInfo.InvariantCulture, $"&from={Uri.EscapeDataString(context)}:{next}");
            }

            return id.ToString();
        }
    }

    /// <summary>Notes a frame.</summary>
    /// <param name="context">The context.</param>
    /// <param name="next">The offset to continue from behind it.</param>
    /// <param name="kind">What it is.</param>
    public void OnFrame(string context, int next, FrameKind kind)
    {
        // The id of a context that has ended may be used again.
        _ended.Remove(context);
        _next[context] = next;
        if (kind is FrameKind.Done or FrameKind.Error)
        {
            _ended.Add(context);
        }
    }

    /// <summary>Notes a gap.</summary>
    /// <param name="context">The context.</param>
    /// <param name="from">The first missing offset.</param>
    /// <param name="to">The offset behind the last missing frame; null when nothing follows.</param>
    public void OnGap(string context, int from, int? to)
    {
        _next[context] = to ?? from;
        if (to is null)
        {
            _ended.Add(context);
        }
    }

    /// <summary>Notes a bookmark: it covers the contexts that have ended before it.</summary>
    public void OnBookmark(Bookmark bookmark)
    {
        _bookmark = bookmark;
        foreach (var context in _ended)
        {
            _next.Remove(context);
        }

        _ended.Clear();
    }

    /// <summary>Reads the id that a client sent back.</summary>
    /// <param name="id">The header.</param>
    /// <param name="query">What the request asks for without it.</param>
    /// <param name="continued">What it asks for with it.</param>
    /// <returns>False when it is none of these ids.</returns>
    public static bool TryContinue(string id, ListenQuery query, out ListenQuery continued)
    {
        continued = query;
        var values = QueryHelpers.ParseQuery(id);
        if (values.Count == 0 || values.Keys.Any(name => name is not ("since" or "from")))
        {
            return false;
        }

        string[] from = [.. values.TryGetValue("from", out var froms) ? froms.OfType<string>() : []];
        if (ListenQuery.TryRead(from, encoding: null, sampleRate: null, values.TryGetValue("since", out var since) ? since[^1] : null, out var read) is not null)
        {
            return false;
        }

        continued = read with { Wanted = query.Wanted, WantsBookmarks = query.WantsBookmarks };
        return true;
    }
}
