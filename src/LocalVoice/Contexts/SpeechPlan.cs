using System.Globalization;
using System.Text;
using TtsGrains.LocalVoice.Buffering;
using TtsGrains.LocalVoice.Reading;
using TtsGrains.Protocol.Markup;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>Turns the text of one context into clauses and pauses, and keeps the settings that its tags have put in force.</summary>
internal sealed class SpeechPlan
{
    /// <summary>A longer break is cut to this, in seconds.</summary>
    private const double MaxBreakSeconds = 60;

    /// <summary>Silence is made in pieces, as speech is, so that it is never far ahead of its delivery.</summary>
    private const double SilencePieceSeconds = 1;

    private MarkupState _state;
    private bool _startsLine = true;

    /// <summary>True if a whole transcript makes sound or a pause.</summary>
    public static bool HasSound(string transcript) => MarkupReader.Parse(transcript).Exists(
        static token => token.Kind == MarkupKind.Break || (token.Kind == MarkupKind.Text && SpokenForm.IsSpeech(token.Source)));

    /// <summary>True if a whole transcript has a word, a symbol such as an emoji, or a pause: anything but white space and punctuation.</summary>
    public static bool HasContent(string transcript) => HasSound(transcript) || MarkupReader.Parse(transcript).Exists(
        static token => token.Kind == MarkupKind.Text && token.Source.EnumerateRunes().Any(IsSymbol));

    /// <summary>Plans the next text.</summary>
    /// <param name="buffered">The text and its tags.</param>
    /// <param name="config">What <c>generation_config</c> asks for; the tags win.</param>
    public List<SpeechItem> Add(BufferedText buffered, GenerationConfig config)
    {
        var items = new List<SpeechItem>();
        var text = ReplaceLoneSurrogates(buffered.Text);
        var spelled = FindSpelled(buffered);
        var start = 0;
        foreach (var (position, tag) in buffered.Tags)
        {
            if (tag.Kind is MarkupKind.Break or MarkupKind.Speed or MarkupKind.Volume)
            {
                AddClauses(items, text, start..position, spelled, config);
                start = position;
            }

            if (tag.Kind == MarkupKind.Break)
            {
                AddSilence(items, Math.Min(tag.Number, MaxBreakSeconds));
            }

            _state = _state.After(tag);
        }

        AddClauses(items, text, start..text.Length, spelled, config);
        return items;
    }

    private static bool IsSymbol(Rune rune)
        => Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.MathSymbol;

    private static void AddSilence(List<SpeechItem> items, double seconds)
    {
        for (; seconds > 0; seconds -= SilencePieceSeconds)
        {
            items.Add(new SpeechItem.Silence(Math.Min(seconds, SilencePieceSeconds)));
        }
    }

    // Half a surrogate pair that stayed alone.
    private static string ReplaceLoneSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return text;
        }

        var chars = text.ToCharArray();
        for (var i = 0; i < chars.Length; i++)
        {
            if (char.IsHighSurrogate(chars[i]) && i + 1 < chars.Length && char.IsLowSurrogate(chars[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(chars[i]))
            {
                chars[i] = '\ufffd';
            }
        }

        return new string(chars);
    }

    private List<Range> FindSpelled(BufferedText buffered)
    {
        var ranges = new List<Range>();
        var start = _state.IsSpelling ? 0 : -1;
        foreach (var (position, tag) in buffered.Tags)
        {
            if (tag.Kind == MarkupKind.SpellEnd && start >= 0)
            {
                ranges.Add(start..position);
                start = -1;
            }
            else if (tag.Kind == MarkupKind.SpellStart && start < 0)
            {
                start = position;
            }
        }

        if (start >= 0)
        {
            ranges.Add(start..buffered.Text.Length);
        }

        return ranges;
    }

    private void AddClauses(List<SpeechItem> items, string text, Range range, List<Range> spelled, GenerationConfig config)
    {
        config = GenerationConfig.Limit(_state.Speed ?? config.Speed, _state.Volume ?? config.Volume);
        var start = range.Start.Value;
        foreach (var clause in ClauseCutter.Cut(text[range]))
        {
            var end = start + clause.Length;
            if (!string.IsNullOrWhiteSpace(clause))
            {
                List<Range> within = [.. spelled
                    .Where(one => one.Start.Value < end && one.End.Value > start)
                    .Select(one => (Math.Max(one.Start.Value, start) - start)..(Math.Min(one.End.Value, end) - start))];
                items.Add(new SpeechItem.Clause(clause, config, _startsLine, within));
            }

            var trimmed = clause.TrimEnd();
            _startsLine = clause.AsSpan(trimmed.Length).Contains('\n') || (trimmed.Length == 0 && _startsLine);
            start = end;
        }
    }
}
