using System.Buffers;

namespace TtsGrains.Protocol.Requests;

/// <summary>
/// The rule for session ids and context ids, which clients choose. An id that meets it can be put into a path, a header, a log line and a file name
/// without a second meaning: it has no path separator, is no path segment of its own, and reads the same before and after percent-decoding.
/// </summary>
public static class IdRule
{
    /// <summary>The most characters of an id. Every frame of a context repeats its id, so a longer one would multiply what is sent.</summary>
    public const int MaxLength = 256;

    /// <summary>The rule in words, to follow "&lt;field&gt; must be".</summary>
    public const string Text =
        "1 to 256 printable ASCII characters other than /, \\ and %, neither beginning nor ending with a space, and not . or ..";

    // All from space to tilde but for the three.
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        " !\"#$&'()*+,-.0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Determines whether an id meets the rule.</summary>
    public static bool IsMetBy(ReadOnlySpan<char> id) => id.Length is > 0 and <= MaxLength
        && id is not "." and not ".."
        && id[0] != ' ' && id[^1] != ' '
        && !id.ContainsAnyExcept(Allowed);
}
