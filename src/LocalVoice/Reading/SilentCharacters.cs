using System.Globalization;
using System.Text;

namespace TtsGrains.LocalVoice.Reading;

/// <summary>Finds characters that are not read aloud: emoji, invisible format characters, control characters.</summary>
internal static class SilentCharacters
{
    private const int Joiner = 0x200D;

    private const int NonJoiner = 0x200C;

    private const int EmojiSelector = 0xFE0F;

    /// <summary>Notes the treatment of each silent character, by code unit.</summary>
    public static void Mark(ReadOnlySpan<char> text, Span<Treatment> treatments)
    {
        var afterEmoji = false;
        for (var i = 0; i < text.Length;)
        {
            var status = Rune.DecodeFromUtf16(text[i..], out var rune, out var units);
            var next = i + units;
            var isEmoji = IsEmoji(rune.Value) || (CanBeEmoji(rune.Value) && next < text.Length && text[next] == EmojiSelector);
            var treatment = status != System.Buffers.OperationStatus.Done || isEmoji || Rune.IsControl(rune) ? Treatment.Blank
                : IsInvisible(rune, afterEmoji) ? Treatment.Drop
                : Treatment.Keep;
            treatments.Slice(i, units).Fill(treatment);
            afterEmoji = isEmoji || (afterEmoji && treatment == Treatment.Drop);
            i = next;
        }
    }

    private static bool IsInvisible(Rune rune, bool afterEmoji) => rune.Value switch
    {
        // In Indic and Persian words these change the letters; between emoji they only join pictures.
        Joiner or NonJoiner => afterEmoji,
        (>= 0xFE00 and <= EmojiSelector) or (>= 0xE0100 and <= 0xE01EF) => true,

        // The frame of a key: the digit before it is read.
        0x20E3 => true,
        _ => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format,
    };

    // Pictures, whatever follows them; also skin tones, flags' letters, dingbats and arrows that only serve as decoration.
    private static bool IsEmoji(int value) => value is (>= 0x1F000 and <= 0x1FAFF) or (>= 0x2600 and <= 0x27BF) or (>= 0x2B00 and <= 0x2BFF)
        or 0x231A or 0x231B or 0x2328 or 0x23CF or (>= 0x23E9 and <= 0x23FA) or 0x25AA or 0x25AB or 0x25B6 or 0x25C0 or (>= 0x25FB and <= 0x25FE);

    // Signs that are read, unless an emoji selector follows.
    private static bool CanBeEmoji(int value) => value is 0xA9 or 0xAE or 0x2122 or 0x2139 or 0x203C or 0x2049 or 0x24C2 or 0x3030 or 0x303D or 0x3297 or 0x3299
        or (>= 0x2190 and <= 0x21FF) or 0x2934 or 0x2935;
}
