using TtsGrains.Protocol.Markup;

namespace TtsGrains.Grains.Contexts.Words;

/// <summary>The end of a text that only means something with the text that follows: half a surrogate pair, or the beginning of a tag. Pure.</summary>
internal static class UnfinishedText
{
    /// <summary>Returns the length of the unfinished end of a text, in UTF-16 code units; 0 if the text can be sent whole.</summary>
    public static int LengthIn(string text)
    {
        var half = text.Length > 0 && char.IsHighSurrogate(text[^1]) ? 1 : 0;
        if (!text.Contains('<', StringComparison.Ordinal))
        {
            return half;
        }

        var reader = new MarkupReader();
        reader.Read(text);
        return Math.Max(half, reader.Held.Length);
    }
}
