using System.Text.RegularExpressions;
using TtsGrains.Infra.Tests.Files;

namespace TtsGrains.Infra.Tests.Documents;

/// <summary>A fenced block of a document.</summary>
/// <param name="Document">The document's path in the repository.</param>
/// <param name="Language">The first word behind the fence, such as <c>sh</c>; empty without one.</param>
/// <param name="Tag">The rest of that line, such as <c>unrun</c> or a file name.</param>
/// <param name="Text">The lines of the block.</param>
internal sealed record CodeBlock(string Document, string Language, string Tag, string Text)
{
    /// <summary>True if its commands are run by no test: those marked so, and measurements, which take minutes and a quiet machine.</summary>
    public bool IsUnrun => Language == "sh" && (Tag == "unrun" || Text.Contains("bench", StringComparison.OrdinalIgnoreCase));
}

/// <summary>The Markdown documents that people read, and their parts.</summary>
internal static partial class Markdown
{
    private const string Settings = "docs/settings.md";

    /// <summary>All documents, except the generated one and the changelog, which names things as they were.</summary>
    public static IReadOnlyList<string> Documents { get; } =
    [
        "README.md", "CONTRIBUTING.md",
        .. Repository.List("docs", "*.md").Where(file => file != Settings),
        .. Repository.List("src", "README.md"),
        .. Repository.List("infra", "*.md"),
    ];

    /// <summary>All fenced blocks of all documents.</summary>
    public static IReadOnlyList<CodeBlock> Blocks { get; } = [.. Documents.SelectMany(document => Fence().Matches(Repository.Read(document)).Select(match
        => new CodeBlock(document, match.Groups["language"].Value, match.Groups["tag"].Value.Trim(), match.Groups["text"].Value)))];

    /// <summary>A document without its fenced blocks.</summary>
    public static string Prose(string document) => Fence().Replace(Repository.Read(document), "");

    /// <summary>Gets the anchors of a document's headings, as GitHub makes them.</summary>
    public static IReadOnlySet<string> Anchors(string document)
        => Heading().Matches(Fence().Replace(Repository.Read(document), ""))
            .Select(match => NotInAnchor().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))
            .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("^```(?<language>[a-z]*)(?<tag>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("^#{1,4} (?<text>[^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
