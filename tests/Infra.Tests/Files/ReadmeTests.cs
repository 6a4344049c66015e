using System.Text.RegularExpressions;

namespace TtsGrains.Infra.Tests.Files;

/// <summary>The README: its length and its links.</summary>
public sealed partial class ReadmeTests
{
    private const int MaxWords = 700;

    [Fact]
    public void Readme_Words_AtMost700()
        => Assert.InRange(Repository.Read("README.md").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, 1, MaxWords);

    [Fact]
    public void Readme_LinksAndPictures_Exist()
    {
        var links = Link().Matches(Repository.Read("README.md")).Select(match => match.Groups["path"].Value).ToList();

        Assert.Contains("docs/images/architecture.svg", links);
        Assert.Contains("docs/images/terminal.svg", links);
        Assert.All(links, link => Assert.True(File.Exists(Repository.PathOf(link)), $"{link} does not exist."));
    }

    [GeneratedRegex(@"\]\((?<path>[^)#:]+)[^)]*\)")]
    private static partial Regex Link();
}
