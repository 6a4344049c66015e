using System.Globalization;
using System.Text;

namespace TtsGrains.Protocol.Markup;

/// <summary>The settings that tags of a transcript have put in force; null means no tag has set it.</summary>
/// <param name="Speed">Ratio of the last speed tag.</param>
/// <param name="Volume">Ratio of the last volume tag.</param>
/// <param name="Emotion">Name of the last emotion tag.</param>
/// <param name="IsSpelling">True between a spell tag and its end.</param>
public readonly record struct MarkupState(double? Speed = null, double? Volume = null, string? Emotion = null, bool IsSpelling = false)
{
    /// <summary>The state after a token.</summary>
    public MarkupState After(in MarkupToken token) => token.Kind switch
    {
        MarkupKind.SpellStart => this with { IsSpelling = true },
        MarkupKind.SpellEnd => this with { IsSpelling = false },
        MarkupKind.Speed => this with { Speed = token.Number },
        MarkupKind.Volume => this with { Volume = token.Number },
        MarkupKind.Emotion => this with { Emotion = token.Emotion },
        _ => this,
    };

    /// <summary>The tags that bring a new context into this state; empty for the initial state.</summary>
    public string ToTags()
    {
        var tags = new StringBuilder();
        AppendRatio(tags, "speed", Speed);
        AppendRatio(tags, "volume", Volume);
        if (Emotion is not null)
        {
            var quote = Emotion.Contains('"', StringComparison.Ordinal) ? '\'' : '"';
            tags.Append("<emotion value=").Append(quote).Append(Emotion).Append(quote).Append("/>");
        }

        return tags.Append(IsSpelling ? "<spell>" : "").ToString();
    }

    private static void AppendRatio(StringBuilder tags, string name, double? ratio)
    {
        if (ratio is { } value)
        {
            tags.Append(CultureInfo.InvariantCulture, $"<{name} ratio=\"{value}\"/>");
        }
    }
}
