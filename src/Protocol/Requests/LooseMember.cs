using System.Buffers;
using System.Text;

namespace TtsGrains.Protocol.Requests;

/// <summary>
/// Reads one member of text that resembles JSON: the name in double quotes, single quotes or none, comments and white space between the tokens, the
/// value a string in either quotes or a number.
/// </summary>
internal static class LooseMember
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>Reads the value of the member whose name was found.</summary>
    /// <param name="text">The text around the name.</param>
    /// <param name="at">The position of the name, without quotes.</param>
    /// <param name="length">The name's length.</param>
    /// <param name="start">The position of the name with its opening quote.</param>
    /// <param name="value">The value without quotes and escapes, or the digits of a number.</param>
    /// <returns>False if this is no member, or the value is neither a complete string nor a complete number.</returns>
    public static bool TryReadValue(ReadOnlySpan<byte> text, int at, int length, out int start, out string value)
    {
        value = "";
        if (!TryFindValue(text, at, length, out start, out var rest))
        {
            return false;
        }

        return rest[0] is (byte)'"' or (byte)'\'' ? TryReadString(rest, out value) : TryReadNumber(rest, out value);
    }

    /// <summary>True if the value of the member is <c>true</c>.</summary>
    public static bool IsTrue(ReadOnlySpan<byte> text, int at, int length)
        => TryFindValue(text, at, length, out _, out var rest) && rest.StartsWith("true"u8) && (rest.Length == 4 || !IsNameByte(rest[4]));

    private static bool TryFindValue(ReadOnlySpan<byte> text, int at, int length, out int start, out ReadOnlySpan<byte> value)
    {
        value = default;
        start = at;
        var end = at + length;
        var quote = at > 0 ? text[at - 1] : (byte)0;
        if (quote is (byte)'"' or (byte)'\'')
        {
            start--;
            if (end >= text.Length || text[end++] != quote)
            {
                return false;
            }
        }
        else if (IsNameByte(quote) || !FollowsSeparator(text[..at]) || (end < text.Length && IsNameByte(text[end])))
        {
            return false;
        }

        var rest = SkipSeparators(text[end..], out var hasColon);
        if (rest.IsEmpty || !hasColon)
        {
            return false;
        }

        value = rest;
        return true;
    }

    private static bool TryReadString(ReadOnlySpan<byte> text, out string value)
    {
        value = "";
        var quote = text[0];
        for (var end = 1; end < text.Length; end++)
        {
            if (text[end] == '\\')
            {
                end++;
            }
            else if (text[end] == quote)
            {
                return JsonText.TryUnescape(text[1..end], out value);
            }
        }

        return false;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> text, out string value)
    {
        var end = text.IndexOfAnyExcept(NumberBytes);
        var isNumber = end > 0 && text[..end].ContainsAnyInRange((byte)'0', (byte)'9') && !IsNameByte(text[end]);
        value = isNumber ? Encoding.ASCII.GetString(text[..end]) : "";
        return isNumber;
    }

    private static ReadOnlySpan<byte> SkipSeparators(ReadOnlySpan<byte> text, out bool hasColon)
    {
        hasColon = false;
        while (!text.IsEmpty)
        {
            int length;
            if (text.StartsWith("/*"u8) || text.StartsWith("//"u8))
            {
                var end = text[1] == '*' ? "*/"u8 : "\n"u8;
                var found = text.IndexOf(end);
                if (found < 0)
                {
                    return default;
                }

                length = found + end.Length;
            }
            else if (text[0] == ':' || IsSpace(text[0]))
            {
                hasColon |= text[0] == ':';
                length = 1;
            }
            else
            {
                break;
            }

            text = text[length..];
        }

        return text;
    }

    // A name without quotes counts only where a member may begin.
    private static bool FollowsSeparator(ReadOnlySpan<byte> text)
    {
        var last = text.LastIndexOfAnyExcept(" \t\r\n"u8);
        return last < 0 || text[last] is (byte)'{' or (byte)',' or (byte)'[' or (byte)'(' || text[..(last + 1)].EndsWith("*/"u8);
    }

    private static bool IsSpace(byte c) => c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static bool IsNameByte(byte c) => c is (byte)'_' or >= 0x80 || char.IsAsciiLetterOrDigit((char)c);
}
