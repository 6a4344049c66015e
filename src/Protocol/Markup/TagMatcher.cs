using System.Globalization;

namespace TtsGrains.Protocol.Markup;

/// <summary>Result of looking for a tag at the beginning of a text.</summary>
internal enum TagMatch
{
    /// <summary>No tag begins here, whatever follows.</summary>
    None = 0,

    /// <summary>More text decides.</summary>
    Incomplete = 1,

    /// <summary>A whole tag.</summary>
    Complete = 2,
}

/// <summary>A tag that was found.</summary>
internal readonly record struct Tag(MarkupKind Kind, int Length, double Number, string? Emotion);

/// <summary>Recognises one tag at the beginning of a text.</summary>
internal static class TagMatcher
{
    /// <summary>A longer tag is text, so that a held-back beginning stays short.</summary>
    public const int MaxTagLength = 100;

    /// <summary>Duration of a break without a time, in seconds; SSML calls it a medium break.</summary>
    private const double DefaultBreakSeconds = 0.5;

    private static readonly (string Name, MarkupKind Kind, string? Attribute)[] Tags =
    [
        ("break", MarkupKind.Break, "time"),
        ("spell", MarkupKind.SpellStart, null),
        ("/spell", MarkupKind.SpellEnd, null),
        ("speed", MarkupKind.Speed, "ratio"),
        ("volume", MarkupKind.Volume, "ratio"),
        ("emotion", MarkupKind.Emotion, "value"),
    ];

    /// <summary>Looks for a tag.</summary>
    /// <param name="text">A text that begins with an opening angle bracket.</param>
    /// <param name="tag">The tag, when it is complete.</param>
    public static TagMatch Match(ReadOnlySpan<char> text, out Tag tag)
    {
        var best = TagMatch.None;
        foreach (var (name, kind, attribute) in Tags)
        {
            var match = MatchOne(text, name, kind, attribute, out tag);
            if (match == TagMatch.Complete)
            {
                return match;
            }

            best = match == TagMatch.Incomplete ? match : best;
        }

        tag = default;
        return text.Length < MaxTagLength ? best : TagMatch.None;
    }

    private static TagMatch MatchOne(ReadOnlySpan<char> text, string name, MarkupKind kind, string? attribute, out Tag tag)
    {
        tag = default;
        var scanner = new TagScanner(text[..Math.Min(text.Length, MaxTagLength)]);
        scanner.Expect("<");
        scanner.Expect(name);
        ReadOnlySpan<char> value = default;
        if (attribute is not null)
        {
            var spaced = scanner.SkipWhiteSpace();
            if (kind != MarkupKind.Break || !scanner.IsAt('/'))
            {
                scanner.Require(spaced);
                scanner.Expect(attribute);
                scanner.SkipWhiteSpace();
                scanner.Expect("=");
                scanner.SkipWhiteSpace();
                value = scanner.ReadQuoted();
                scanner.SkipWhiteSpace();
            }

            scanner.Expect("/");
        }
        else
        {
            scanner.SkipWhiteSpace();
        }

        scanner.Expect(">");
        if (scanner.Result != TagMatch.Complete)
        {
            return scanner.Result;
        }

        var (isValid, number, emotion) = ReadValue(kind, value.Trim());
        tag = new Tag(kind, scanner.Position, number, emotion);
        return isValid ? TagMatch.Complete : TagMatch.None;
    }

    private static (bool IsValid, double Number, string? Emotion) ReadValue(MarkupKind kind, ReadOnlySpan<char> value)
    {
        switch (kind)
        {
            case MarkupKind.Break when value.IsEmpty:
                return (true, DefaultBreakSeconds, null);
            case MarkupKind.Break:
                var (unit, scale) = value.EndsWith("ms", StringComparison.OrdinalIgnoreCase) ? (2, 0.001)
                    : value.EndsWith("s", StringComparison.OrdinalIgnoreCase) ? (1, 1.0)
                    : (0, 0);
                return (unit > 0 & TryReadNumber(value[..^unit], out var time), time * scale, null);
            case MarkupKind.Speed or MarkupKind.Volume:
                return (TryReadNumber(value, out var ratio) && ratio > 0, ratio, null);
            case MarkupKind.Emotion:
                return (!value.IsEmpty, 0, value.ToString());
            default:
                return (true, 0, null);
        }
    }

    private static bool TryReadNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number);
}
