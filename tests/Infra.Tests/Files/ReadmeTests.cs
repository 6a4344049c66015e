using System.Text.RegularExpressions;

namespace TtsGrains.Infra.Tests.Files;

/// <summary>The README: its length and its links.</summary>
public sealed partial class ReadmeTests
{
    private const int MaxWords = 700;
    private const int MaxWordsOfAll = 9000;

    [Fact]
    public void Readme_Words_AtMost700() => Assert.InRange(CountWords("README.md"), 1, MaxWords);

    /// <summary>A document that grows makes another one shrink. The list of settings is generated and does not count.</summary>
    [Fact]
    public void Documents_Words_AtMost9000()
    {
        var documents = Directory.GetFiles(Repository.PathOf("docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Where(path => path != "docs/settings.md");

        Assert.InRange(documents.Append("README.md").Sum(CountWords), 1, MaxWordsOfAll);
    }

    [Fact]
    public void Readme_LinksAndPictures_Exist()
    {
        var links = Link().Matches(Repository.Read("README.md")).Select(match => match.Groups["path"].Value).ToList();

        Assert.Contains("docs/images/architecture.svg", links);
        Assert.Contains("docs/images/terminal.svg", links);
        Assert.All(links, link => Assert.True(File.Exists(Repository.PathOf(link)), $"{link} does not exist."));
    }

    private static int CountWords(string path) => Repository.Read(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    [GeneratedRegex(@"\]\((?<path>[^)#:]+)[^)]*\)")]
    private static partial Regex Link();
}
