using System.Globalization;
using System.Text;

namespace TtsGrains.Protocol.Requests;

/// <summary>Decodes what stands between the quotes of a JSON string, including escapes that <c>Utf8JsonReader</c> refuses.</summary>
internal static class JsonText
{
    /// <summary>
    /// Decodes a string. A lone surrogate stays in it: the other half may come with the next text. Bytes that are not UTF-8 become U+FFFD: the id
    /// in a message that is refused for them is still readable.
    /// </summary>
    /// <param name="raw">The bytes between the quotes.</param>
    /// <param name="text">The text.</param>
    /// <returns>False if it has an escape that JSON does not know.</returns>
    public static bool TryUnescape(ReadOnlySpan<byte> raw, out string text)
    {
        text = "";
        var decoded = new StringBuilder(raw.Length);
        while (raw.IndexOf((byte)'\\') is >= 0 and var at)
        {
            decoded.Append(Encoding.UTF8.GetString(raw[..at]));
            if (!TryReadEscape(raw[at..], out var c, out var length))
            {
                return false;
            }

            decoded.Append(c);
            raw = raw[(at + length)..];
        }

        text = decoded.Append(Encoding.UTF8.GetString(raw)).ToString();
        return true;
    }

    private static bool TryReadEscape(ReadOnlySpan<byte> escape, out char c, out int length)
    {
        length = 2;
        c = escape.Length < 2 ? '\0' : (char)escape[1] switch
        {
            '"' or '\\' or '/' or '\'' => (char)escape[1],
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => '\0',
        };
        if (c != '\0')
        {
            return true;
        }

        length = 6;
        if (escape.Length < length || escape[1] != 'u' || !ushort.TryParse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            return false;
        }

        c = (char)unit;
        return true;
    }
}
