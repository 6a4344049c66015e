namespace TtsGrains.Grains.Contexts.Log;

/// <summary>How many bytes a base64 text stands for, without decoding it.</summary>
internal static class Base64Length
{
    /// <param name="text">Base64 as it stands between JSON quotes; JSON escapes count as the one character they mean.</param>
    public static int DecodedFrom(ReadOnlySpan<byte> text)
    {
        var characters = text.Length;
        for (var rest = text; rest.IndexOf((byte)'\\') is var at and >= 0;)
        {
            // \/ is two bytes and \u002B six, for one character each.
            var length = at + 1 < rest.Length && rest[at + 1] == (byte)'u' ? 6 : 2;
            characters -= length - 1;
            rest = rest[Math.Min(at + length, rest.Length)..];
        }

        var padding = text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;
        return Math.Max(0, (characters / 4 * 3) - padding);
    }
}
