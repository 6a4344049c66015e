using System.Text;

namespace TtsGrains.Protocol.Requests;

/// <summary>The text of a message that is not UTF-8.</summary>
internal static class MessageText
{
    /// <summary>Converts a message that looks like UTF-16, with or without a byte order mark.</summary>
    /// <param name="message">The bytes as received.</param>
    /// <param name="utf8">The same text in UTF-8.</param>
    /// <returns>False if it does not look like UTF-16.</returns>
    public static bool TryReadUtf16(ReadOnlySpan<byte> message, out byte[] utf8)
    {
        var encoding = message switch
        {
            [0xFF, 0xFE, ..] or [not 0, 0, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] or [0, not 0, ..] => Encoding.BigEndianUnicode,
            _ => null,
        };
        utf8 = encoding is null ? [] : Encoding.UTF8.GetBytes(encoding.GetString(message));
        return encoding is not null;
    }
}
