using System.Globalization;
using TtsGrains.ApiHost.Errors;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>What a listener asks for.</summary>
/// <param name="FromStart">Whether to begin with the first frame of every context rather than with what comes next.</param>
/// <param name="Positions">The next offset wanted of single contexts, by the client's id of each.</param>
/// <param name="Wanted">The form wanted of the audio.</param>
internal sealed record ListenQuery(bool FromStart, IReadOnlyDictionary<string, int> Positions, WantedFormat Wanted)
{
    /// <summary>What the API's description says of <c>from</c>.</summary>
    public const string FromHelp =
        "Where to begin: live (frames from now on; the default), start (every context from its first frame), or <context>:<offset> (that context from there on). May be given several times.";

    /// <summary>What the API's description says of <c>bookmarks</c>.</summary>
    public const string BookmarksHelp = "true to be told, by bookmark events, where the listener stands.";

    /// <summary>What the API's description says of <c>since</c>.</summary>
    public const string SinceHelp = "What the last bookmark event said: go on there, with contexts that were not known then from their first frame.";

    /// <summary>Where the listener stood when it was here before; null for one that is new.</summary>
    public Bookmark? Since { get; init; }

    /// <summary>True if the listener wants bookmarks.</summary>
    public bool WantsBookmarks { get; init; }

    /// <summary>Reads the query of a request.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    public static ProtocolError? TryRead(string[]? from, string? encoding, string? sampleRate, string? since, out ListenQuery read)
    {
        var fromStart = false;
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        read = new ListenQuery(false, positions, default);
        foreach (var text in from ?? [])
        {
            if (text is "start" or "live")
            {
                fromStart |= text == "start";
            }
            else if (TryReadPosition(text, out var context, out var offset))
            {
                if (!IdRule.IsMetBy(context))
                {
                    return ErrorCatalogue.OutOfRange("from", $"<context>:<offset> with a context id of {IdRule.Text}");
                }

                positions[context] = offset;
            }
            else
            {
                return ErrorCatalogue.OutOfRange("from", "live, start, or <context>:<offset> with an offset of at least 0");
            }
        }

        Bookmark? stood = null;
        if (since is not null)
        {
            if (!Bookmark.TryParse(since, out var bookmark))
            {
                return Problems.NotABookmark;
            }

            stood = bookmark;
        }

        if (WantedFormat.TryRead(encoding, sampleRate, out var wanted) is var (name, rule))
        {
            return ErrorCatalogue.OutOfRange(name, rule);
        }

        read = new ListenQuery(fromStart, positions, wanted) { Since = stood };
        return null;
    }

    private static bool TryReadPosition(string text, out string context, out int offset)
    {
        // The id of a context may itself have colons.
        var colon = text.LastIndexOf(':');
        context = colon > 0 ? text[..colon] : "";
        offset = 0;
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }
}
