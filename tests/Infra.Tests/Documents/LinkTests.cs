using System.Text.RegularExpressions;
using TtsGrains.Infra.Tests.Files;

namespace TtsGrains.Infra.Tests.Documents;

/// <summary>What the documents point at exists: files, headings, pictures, source files.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Documents => [.. Markdown.Documents];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_Links_LeadToFilesAndHeadings(string document)
        => Assert.All(Link().Matches(InlineCode().Replace(Markdown.Prose(document), "")).Select(match => match.Groups["target"].Value), target =>
        {
            var parts = target.Split('#', 2);
            var path = parts[0].Length == 0 ? document : Path.GetRelativePath(Repository.PathOf("."), Path.GetFullPath(Path.Combine(Repository.PathOf(document), "..", parts[0])));
            Assert.True(Path.Exists(Repository.PathOf(path)), $"{document} links to {target}: there is no {path}.");
            Assert.True(parts.Length == 1 || Anchors(path).Contains(parts[1]), $"{document} links to {target}: {path} has no such heading.");
        });

    [Fact]
    public void Architecture_SourceFiles_Exist()
    {
        var sources = Repository.List("src", "*.cs").Concat(Repository.List("tests", "*.cs")).ToList();
        var named = SourceFile().Matches(Repository.Read("docs/architecture.md")).Select(match => match.Groups["file"].Value).Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.All(named, file => Assert.True(sources.Exists(source => $"/{source}".EndsWith($"/{file}", StringComparison.Ordinal)), $"There is no {file}."));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_Folders_Exist(string document)
        => Assert.All(Folder().Matches(Markdown.Prose(document)).Select(match => match.Groups["path"].Value), path
            => Assert.True(Path.Exists(Repository.PathOf(path)), $"{document}: there is no {path}."));

    [Fact]
    public void Pictures_TitlesAndDescriptions_AreThere()
        => Assert.All(Repository.List("docs/images", "*.svg"), picture => Assert.Contains("<title", Repository.Read(picture), StringComparison.Ordinal));

    private static IReadOnlySet<string> Anchors(string path) => Markdown.Anchors(path);

    [GeneratedRegex(@"\]\((?<target>(?!https?:)[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"`(?<file>[\w/.]+\.cs)`")]
    private static partial Regex SourceFile();

    [GeneratedRegex("`(?<path>(?:src|tests|infra|docs)/[\\w/.-]+)`")]
    private static partial Regex Folder();
}
