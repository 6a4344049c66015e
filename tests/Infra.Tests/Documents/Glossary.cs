using System.Text.RegularExpressions;
using TtsGrains.Infra.Tests.Files;

namespace TtsGrains.Infra.Tests.Documents;

/// <summary>A word that <c>docs/terms.md</c> avoids.</summary>
/// <param name="Text">The word as the glossary has it.</param>
/// <param name="Pattern">Finds it: an identifier as a whole and in its case, a phrase in any case and over a line's end.</param>
/// <param name="IsIdentifier">True if it is a name in code, not a phrase.</param>
internal sealed record AvoidedWord(string Text, Regex Pattern, bool IsIdentifier);

/// <summary>The last column of the tables of <c>docs/terms.md</c>.</summary>
internal static partial class Glossary
{
    public const string Document = "docs/terms.md";

    public static IReadOnlyList<AvoidedWord> Avoided { get; } =
    [
        .. Repository.Read(Document).Split('\n').Where(line => line.StartsWith('|')).Select(line => line.TrimEnd('|', ' ').Split('|')[^1]).SelectMany(Read),
    ];

    private static IEnumerable<AvoidedWord> Read(string cell) => Marked().Matches(cell).Select(match => match.Groups["code"] is { Success: true, Value: var code }
        ? new AvoidedWord(code, new Regex($@"(?<!\w){Regex.Escape(code)}(?!\w)"), IsIdentifier: true)
        : new AvoidedWord(match.Groups["text"].Value, Phrase(match.Groups["text"].Value), IsIdentifier: false));

    private static Regex Phrase(string text) => new($@"(?<!\w){string.Join(@"\s+(?:///?\s+)?", text.Split(' ').Select(Regex.Escape))}(?!\w)", RegexOptions.IgnoreCase);

    [GeneratedRegex("`(?<code>[^`]+)`|\"(?<text>[^\"]+)\"")]
    private static partial Regex Marked();
}
