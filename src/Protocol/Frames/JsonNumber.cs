namespace TtsGrains.Protocol.Frames;

/// <summary>The grammar of JSON numbers (RFC 8259, 6).</summary>
internal static class JsonNumber
{
    /// <summary>True if a text can be written into JSON as a number as it is.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        var rest = text.StartsWith("-"u8) ? text[1..] : text;
        var digits = CountDigits(rest);
        if (digits == 0 || (digits > 1 && rest[0] == '0'))
        {
            return false;
        }

        rest = rest[digits..];
        if (rest.StartsWith("."u8))
        {
            digits = CountDigits(rest[1..]);
            if (digits == 0)
            {
                return false;
            }

            rest = rest[(digits + 1)..];
        }

        if (rest.IsEmpty)
        {
            return true;
        }

        if (rest[0] is not ((byte)'e' or (byte)'E'))
        {
            return false;
        }

        rest = rest[1..];
        rest = rest.StartsWith("-"u8) || rest.StartsWith("+"u8) ? rest[1..] : rest;
        return rest.Length > 0 && CountDigits(rest) == rest.Length;
    }

    private static int CountDigits(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var end and >= 0 ? end : text.Length;
}
