using System.Text.RegularExpressions;

namespace TtsGrains.Client.Tests.Cli;

/// <summary>A fenced block of a document.</summary>
/// <param name="Language">The first word behind the fence.</param>
/// <param name="Tag">The rest of that line: <c>up</c> starts the service, <c>unrun</c> keeps commands from being run, of <c>json</c> it is a file's name.</param>
/// <param name="Text">The lines of the block.</param>
internal sealed partial record DocumentBlock(string Language, string Tag, string Text)
{
    /// <summary>True if a run of the document runs its commands. Measurements take minutes and a quiet machine.</summary>
    public bool IsCommand => Language == "sh" && Tag != "unrun" && !Text.Contains("bench", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of the file that it is; null if it is none. A JavaScript program names its file in its first line.</summary>
    public string? File => Language == "json" && Tag.Length > 0 ? Tag : Language == "js" && FileName().Match(Text) is { Success: true } match ? match.Groups["name"].Value : null;

    public static IReadOnlyList<DocumentBlock> ReadAll(string path)
        => [.. Fence().Matches(System.IO.File.ReadAllText(path)).Select(match => new DocumentBlock(match.Groups["language"].Value, match.Groups["tag"].Value.Trim(), match.Groups["text"].Value))];

    [GeneratedRegex("^```(?<language>[a-z]*)(?<tag>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^// (?<name>[\w.]+\.cjs):")]
    private static partial Regex FileName();
}
