using System.Globalization;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>What a listener asks for.</summary>
/// <param name="FromStart">Whether to begin with the first frame of every context rather than with what comes next.</param>
/// <param name="Positions">The next offset wanted of single contexts, by the client's id of each.</param>
/// <param name="Encoding">The encoding wanted; null as it is.</param>
/// <param name="SampleRate">The rate wanted, Hz; null as it is.</param>
internal sealed record ListenQuery(bool FromStart, IReadOnlyDictionary<string, int> Positions, AudioEncoding? Encoding, int? SampleRate)
{
    /// <summary>Where the listener stood when it was here before; null for one that is new.</summary>
    public Bookmark? Since { get; init; }

    /// <summary>Whether the listener wants to be told where it stands.</summary>
    public bool WantsBookmarks { get; init; }

    /// <summary>Whether the audio is to be changed.</summary>
    public bool Transcodes => Encoding is not null || SampleRate is not null;

    /// <summary>Reads the query of a request.</summary>
    /// <returns>Null, or what is wrong with it.</returns>
    public static Problem? TryRead(IQueryCollection query, out ListenQuery read)
    {
        var fromStart = false;
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        read = new ListenQuery(false, positions, null, null);
        foreach (var from in query["from"])
        {
            if (from is "start" or "live")
            {
                fromStart |= from == "start";
            }
            else if (TryReadPosition(from, out var context, out var offset))
            {
                positions[context] = offset;
            }
            else
            {
                return Problem.Invalid("from must be live, start, or <context>:<offset> with an offset of at least 0.");
            }
        }

        Bookmark? since = null;
        if (query["since"].FirstOrDefault() is { } bookmark)
        {
            if (!Bookmark.TryParse(bookmark, out var stood))
            {
                return Problem.Invalid("since must be what the last bookmark event said.");
            }

            since = stood;
        }

        if (ReadFormat(query, out var encoding, out var rate) is { } wrong)
        {
            return wrong;
        }

        read = new ListenQuery(fromStart, positions, encoding, rate) { Since = since, WantsBookmarks = query["bookmarks"] == "true" };
        return null;
    }

    /// <summary>The form that audio of another form is to be given in.</summary>
    public AudioFormat ToWanted(AudioFormat source) => new(Encoding ?? source.Encoding, SampleRate ?? source.SampleRate);

    private static bool TryReadPosition(string? text, out string context, out int offset)
    {
        // The id of a context may itself have colons.
        var colon = text?.LastIndexOf(':') ?? -1;
        context = colon > 0 ? text![..colon] : "";
        offset = 0;
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }

    private static Problem? ReadFormat(IQueryCollection query, out AudioEncoding? encoding, out int? rate)
    {
        encoding = null;
        rate = null;
        if (query["encoding"].FirstOrDefault() is { } name)
        {
            encoding = AudioNames.ParseEncoding(name);
            if (encoding == AudioEncoding.None)
            {
                return Problem.Invalid("encoding must be one of pcm_f32le, pcm_s16le, pcm_mulaw, pcm_alaw.");
            }
        }

        if (query["sample_rate"].FirstOrDefault() is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hertz) || !AudioNames.SampleRates.Contains(hertz))
            {
                return Problem.Invalid($"sample_rate must be one of {string.Join(", ", AudioNames.SampleRates)} Hz.");
            }

            rate = hertz;
        }

        return null;
    }
}
