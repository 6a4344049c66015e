using System.Globalization;
using System.Text;

namespace TtsGrains.Protocol.Frames;

/// <summary>Reads JSON text that is not valid Unicode: halves of surrogate pairs and bytes that are not UTF-8 become U+FFFD.</summary>
internal static class LenientText
{
    /// <summary>Reads a text between its JSON quotes, whose escapes the JSON reader has checked.</summary>
    public static string Read(ReadOnlySpan<byte> json)
    {
        var escaped = Encoding.UTF8.GetString(json);
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\' || i + 1 == escaped.Length)
            {
                text.Append(escaped[i]);
                continue;
            }

            i++;
            text.Append(escaped[i] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\b',
                'f' => '\f',
                'u' when i + 4 < escaped.Length && ushort.TryParse(escaped.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var unit) => (char)unit,
                var other => other,
            });
            i += escaped[i] == 'u' ? 4 : 0;
        }

        // Joins the halves that belong together, and replaces those that are alone.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
