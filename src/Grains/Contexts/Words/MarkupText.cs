using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Markup;

namespace TtsGrains.Grains.Contexts.Words;

/// <summary>Markup in text that is sent to an upstream context of its own. Pure.</summary>
internal static class MarkupText
{
    // A pause that is shorter is not audible.
    private const double MinPauseSeconds = 0.02;

    /// <summary>Returns the text with each tag replaced by spaces of the same length, so that positions stay the same.</summary>
    public static string WithoutTags(string text)
    {
        if (!text.Contains('<', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        foreach (var token in MarkupReader.Parse(text))
        {
            _ = token.IsTag ? plain.Append(' ', token.Source.Length) : plain.Append(token.Source);
        }

        return plain.ToString();
    }

    /// <summary>Returns the settings in force behind a text.</summary>
    public static MarkupState StateAfter(string text, MarkupState before)
        => text.Contains('<', StringComparison.Ordinal)
            ? MarkupReader.Parse(text).Aggregate(before, static (state, token) => state.After(token))
            : before;

    /// <summary>Puts the settings in force before the first text; a new upstream context knows none.</summary>
    public static ImmutableArray<ContextInput> WithState(ImmutableArray<ContextInput> inputs, MarkupState state) => Prepend(inputs, state.ToTags());

    /// <summary>
    /// Removes the text that was delivered. Tags directly behind it are not repeated: settings among them hold from the first text on, and of a pause
    /// only the part that was not delivered remains.
    /// </summary>
    /// <param name="inputs">The inputs that are not finished.</param>
    /// <param name="text">Their text up to the first flush.</param>
    /// <param name="position">The end of what was delivered, in UTF-16 code units; never inside a tag.</param>
    /// <param name="before">The settings in force where the inputs begin.</param>
    /// <param name="delivered">Seconds of audio that were delivered behind that position.</param>
    /// <param name="paused">Seconds of them that belong to pauses.</param>
    public static ImmutableArray<ContextInput> CutBefore(
        ImmutableArray<ContextInput> inputs, string text, int position, MarkupState before, double delivered, out double paused)
    {
        paused = 0;
        if (!text.Contains('<', StringComparison.Ordinal) || position == 0 && delivered <= 0)
        {
            return WithState(CutBefore(inputs, position), StateAfter(text[..position], before));
        }

        var state = StateAfter(text[..position], before);
        var (end, pause, spaces, hasTag) = (position, 0.0, new StringBuilder(), false);
        foreach (var token in MarkupReader.Parse(text[position..]))
        {
            if (!token.IsTag && !string.IsNullOrWhiteSpace(token.Source))
            {
                var space = token.Source.Length - token.Source.TrimStart().Length;
                spaces.Append(token.Source.AsSpan(0, space));
                end += space;
                break;
            }

            hasTag |= token.IsTag;
            state = state.After(token);
            pause += token.Kind == MarkupKind.Break ? token.Number : 0;
            spaces.Append(token.IsTag ? "" : token.Source);
            end += token.Source.Length;
        }

        if (!hasTag)
        {
            return WithState(CutBefore(inputs, position), state);
        }

        paused = Math.Min(pause, Math.Max(0, delivered));
        var rest = pause - paused;
        var head = state.ToTags() + spaces + (rest >= MinPauseSeconds ? string.Create(CultureInfo.InvariantCulture, $"<break time=\"{rest:0.###}s\"/>") : "");
        return Insert(inputs, end, head);
    }

    // Removes characters from the front; the flush of a segment stays.
    private static ImmutableArray<ContextInput> CutBefore(ImmutableArray<ContextInput> inputs, int position)
    {
        var remaining = ImmutableArray.CreateBuilder<ContextInput>(inputs.Length);
        foreach (var input in inputs)
        {
            var cut = Math.Min(position, input.Text.Length);
            position -= cut;
            remaining.Add(cut == 0 ? input : input with { Text = input.Text[cut..] });
        }

        return remaining.DrainToImmutable();
    }

    // The text that follows decides where the head goes: into the input that it is in, else into the last one of its segment.
    private static ImmutableArray<ContextInput> Insert(ImmutableArray<ContextInput> inputs, int position, string head)
    {
        var remaining = CutBefore(inputs, position).ToBuilder();
        for (var i = 0; i < remaining.Count; i++)
        {
            if (remaining[i].Text.Length > 0 || remaining[i].Flush || i == remaining.Count - 1)
            {
                remaining[i] = remaining[i] with { Text = head + remaining[i].Text };
                break;
            }
        }

        return remaining.DrainToImmutable();
    }

    private static ImmutableArray<ContextInput> Prepend(ImmutableArray<ContextInput> inputs, string tags)
    {
        if (tags.Length == 0)
        {
            return inputs;
        }

        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Text.Length > 0 || i == inputs.Length - 1)
            {
                return inputs.SetItem(i, inputs[i] with { Text = tags + inputs[i].Text });
            }
        }

        return inputs;
    }
}
