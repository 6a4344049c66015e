using System.Text;
using TtsGrains.LocalVoice.Pronunciations;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Pronunciations;

public sealed class PronunciationTableTests
{
    private const string Items =
        """[{"text":"GIF","alias":"jif"},{"text":"sql","alias":"sequel","case_sensitive":true},{"text":"C++","alias":"see plus plus"},{"text":"New York","alias":"NY"},{"text":"york","alias":"jork"},{"text":"東京","alias":"とうきょう"}]""";

    [Theory]
    [InlineData("A GIF.", "A jif.")]
    [InlineData("gif, Gif", "jif, jif")]
    [InlineData("GIFs and AGIF", "GIFs and AGIF")]
    [InlineData("use sql", "use sequel")]
    [InlineData("use SQL", "use SQL")]
    [InlineData("Sql rules. Sql too", "sequel rules. sequel too")]
    [InlineData("We say Sql. Done! Sql", "We say Sql. Done! sequel")]
    [InlineData("I say C++11 or C++.", "I say see plus plus11 or see plus plus.")]
    [InlineData("New York or york", "NY or jork")]
    [InlineData("私は東京に", "私はとうきょうに")]
    [InlineData("😀 GIF 😀", "😀 jif 😀")]
    [InlineData("", "")]
    public void Apply_Text_ReplacesWholeWords(string text, string spoken) => Assert.Equal(spoken, Table(Items).Apply(text).Spoken);

    [Fact]
    public void Apply_Text_MapsPositionsToTheOriginal()
    {
        var (spoken, positions) = Table(Items).Apply("😀 C++ is");

        Assert.Equal("😀 see plus plus is", spoken);
        Assert.Equal(spoken.EnumerateRunes().Count(), positions.Length);
        Assert.Equal(2, positions[spoken.IndexOf("plus", StringComparison.Ordinal) - 1]);
        Assert.Equal(6, positions[^2]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""[1,null,"x",{"text":"a"},{"alias":"b"},{"text":"","alias":"b"},{"text":1,"alias":2}]""")]
    public void Parse_NoUsableEntry_ReturnsNull(string json) => Assert.Null(PronunciationTable.Parse(Encoding.UTF8.GetBytes(json)));

    private static PronunciationTable Table(string json) => PronunciationTable.Parse(Encoding.UTF8.GetBytes(json))!;
}
