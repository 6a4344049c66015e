using System.Text.RegularExpressions;
using TtsGrains.Infra.Tests.Files;
using TtsGrains.Infra.Tests.Settings;

namespace TtsGrains.Infra.Tests.Documents;

/// <summary>The words that <c>docs/terms.md</c> avoids occur nowhere else.</summary>
public sealed partial class GlossaryTests
{
    public static TheoryData<string> Documents => [.. Markdown.Documents.Where(document => document != Glossary.Document)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_AvoidedWords_DoNotOccur(string document)
        => Assert.Empty(Find(document, SettingName().Replace(Repository.Read(document), match => KnownSettings.Have(match.Groups["name"].Value) ? "" : match.Value)));

    public static TheoryData<string> Sources => [.. Repository.List("src", "*.cs").Concat(Repository.List("tests", "*.cs")).Where(file => !file.EndsWith("GlossaryTests.cs", StringComparison.Ordinal))];

    [Fact]
    public void Sources_AvoidedWords_DoNotOccur()
        => Assert.Empty(Sources.SelectMany(row => FindInSource(row.Data, Repository.Read(row.Data))));

    [Theory]
    [InlineData("var seat = new OwnerSeat(); // a seat", 1)]
    [InlineData("Say(\"nobody\"); // Waits for ever.", 1)]
    [InlineData("Say(\"OwnerSeat for ever\");", 0)]
    public void Source_AvoidedWords_AreFoundInCodeAndComments(string source, int expected) => Assert.Equal(expected, FindInSource("a.cs", source).Count());

    [Fact]
    public void Glossary_AvoidedWords_AreIdentifiersAndPhrases()
    {
        var words = Glossary.Avoided.Select(word => word.Text).ToList();

        Assert.Contains("OwnerSeat", words);
        Assert.Contains("for ever", words);
        Assert.DoesNotContain("avoid", words);
        Assert.Distinct(words);
    }

    [Theory]
    [InlineData("OwnerSeat", "an OwnerSeat has", true)]
    [InlineData("OwnerSeat", "an OwnerSeats has", false)]
    [InlineData("Hear", "Hearing, hear", false)]
    [InlineData("for ever", "waits For\n    /// ever.", true)]
    [InlineData("nobody", "ANobodySpeaks", false)]
    public void Pattern_Text_FindsWholeWords(string word, string text, bool expected)
        => Assert.Equal(expected, Glossary.Avoided.Single(avoided => avoided.Text == word).Pattern.IsMatch(text));

    /// <summary>Names file, line and word of everything to be changed.</summary>
    private static List<string> Find(string file, string text)
        => [.. Glossary.Avoided.SelectMany(word => word.Pattern.Matches(text).Select(match => $"{file}:{text.AsSpan(0, match.Index).Count('\n') + 1}: {word.Text}"))];

    // Identifiers outside texts, phrases in comments and messages of the log.
    private static IEnumerable<string> FindInSource(string file, string source)
    {
        var code = Text().Replace(source, match => new string(' ', match.Length));
        var comments = NotAComment().Replace(code, match => new string(' ', match.Length));
        return Glossary.Avoided.SelectMany(word => word.Pattern.Matches(word.IsIdentifier ? code : comments)
            .Select(match => $"{file}:{source.AsSpan(0, match.Index).Count('\n') + 1}: {word.Text}"));
    }

    // A text ends on its line.
    [GeneratedRegex(@"""(?:[^""\\\n]|\\.)*""")]
    private static partial Regex Text();

    // What stands before the comment of a line.
    [GeneratedRegex(@"^(?:(?!//).)+", RegexOptions.Multiline)]
    private static partial Regex NotAComment();

    [GeneratedRegex(@"`(?<name>\w+:[\w:<>]+)`")]
    private static partial Regex SettingName();
}
