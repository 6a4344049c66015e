using System.Text;
using System.Text.Json;

namespace TtsGrains.LocalVoice.Pronunciations;

/// <summary>Replaces the texts of a pronunciation dictionary by their aliases.</summary>
internal sealed class PronunciationTable
{
    private readonly Entry[] _entries;

    private PronunciationTable(Entry[] entries) => _entries = entries;

    /// <summary>Reads the entries from JSON. Returns null if there is none. An entry without text or alias is passed over.</summary>
    public static PronunciationTable? Parse(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        Entry[] entries = [.. document.RootElement.EnumerateArray().Select(Read).OfType<Entry>().OrderByDescending(entry => entry.Text.Length)];
        return entries.Length > 0 ? new PronunciationTable(entries) : null;
    }

    /// <summary>Replaces whole words, the longest entry first.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text to speak; and for each of its code points the position in the original, in code points, since word times refer to that.</returns>
    public (string Spoken, int[] Positions) Apply(string text)
    {
        var spoken = new StringBuilder(text.Length);
        var positions = new List<int>(text.Length);
        var position = 0;
        for (var at = 0; at < text.Length;)
        {
            if (Find(text, at) is { } entry)
            {
                spoken.Append(entry.Alias);
                positions.AddRange(Enumerable.Repeat(position, entry.Alias.EnumerateRunes().Count()));
                position += text.AsSpan(at, entry.Text.Length).ToString().EnumerateRunes().Count();
                at += entry.Text.Length;
                continue;
            }

            var length = Rune.DecodeFromUtf16(text.AsSpan(at), out _, out var consumed) == System.Buffers.OperationStatus.Done ? consumed : 1;
            spoken.Append(text, at, length);
            positions.Add(position++);
            at += length;
        }

        return (spoken.ToString(), [.. positions]);
    }

    private Entry? Find(string text, int at) => Array.Find(_entries, entry => entry.IsAt(text, at));

    private static Entry? Read(JsonElement item)
        => item.ValueKind == JsonValueKind.Object
            && Text(item, "text") is { } text
            && Text(item, "alias") is { } alias
            ? new Entry(text, alias, item.TryGetProperty("case_sensitive", out var sensitive) && sensitive.ValueKind == JsonValueKind.True)
            : null;

    private static string? Text(JsonElement item, string name)
        => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private sealed record Entry(string Text, string Alias, bool IsCaseSensitive)
    {
        public bool IsAt(string text, int at)
            => Text.Length <= text.Length - at
                && (string.Compare(text, at, Text, 0, Text.Length, IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase) == 0
                    || IsAtSentenceStart(text, at))
                && !(at > 0 && Joins(text[at - 1], Text[0]))
                && !(at + Text.Length < text.Length && Joins(Text[^1], text[at + Text.Length]));

        // As Cartesia does it: a lowercase entry also matches its capitalized form at the start of a sentence.
        private bool IsAtSentenceStart(string text, int at)
            => IsCaseSensitive
                && char.IsLower(Text[0])
                && text[at] == char.ToUpperInvariant(Text[0])
                && string.CompareOrdinal(text, at + 1, Text, 1, Text.Length - 1) == 0
                && text.AsSpan(0, at).TrimEnd() is var before
                && (before.IsEmpty || before[^1] is '.' or '!' or '?' or '…');

        // Chinese, Japanese and Thai put no space between words.
        private static bool Joins(char left, char right) => IsOfSpacedWord(left) && IsOfSpacedWord(right);

        private static bool IsOfSpacedWord(char character)
            => (char.IsLetterOrDigit(character) || char.IsSurrogate(character))
                && character is not ((>= '\u0e00' and <= '\u0eff') or (>= '\u3040' and <= '\u30ff') or (>= '\u3400' and <= '\u9fff'));
    }
}
