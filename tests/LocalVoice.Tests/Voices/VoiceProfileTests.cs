using TtsGrains.LocalVoice.Voices;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Voices;

public sealed class VoiceProfileTests
{
    [Fact]
    public void Create_SameId_IsAlwaysTheSameVoice()
    {
        // Pinned: a voice must not change its sound with a release.
        Assert.Equal(VoiceProfile.Create("voice-1", "en-us"), VoiceProfile.Create("voice-1", "en-us"));
        Assert.Equal("en-us+m2", VoiceProfile.Create("voice-1", "en-us").EspeakName);
    }

    [Fact]
    public void Create_SimilarIds_SoundDifferent()
    {
        var profiles = Enumerable.Range(0, 50).Select(i => VoiceProfile.Create($"voice-{i}", "en-us")).ToHashSet();

        Assert.True(profiles.Count >= 49);
        Assert.True(profiles.Select(p => p.EspeakName).Distinct().Count() >= 10);
    }

    [Theory]
    [InlineData(null, "en-us")]
    [InlineData("de", "de")]
    [InlineData("zh", "cmn")]
    [InlineData("no", "nb")]
    [InlineData("en-GB", "en-gb")]
    [InlineData("en_gb", "en-gb")]
    [InlineData("de-AT", "de")]
    [InlineData("pt-BR", "pt-br")]
    [InlineData("fr", "fr")]
    [InlineData("fr-CH", "fr-ch")]
    [InlineData("fil", "id")]
    [InlineData("iw", "he")]
    [InlineData("nb", "nb")]
    [InlineData("zh-Hans", "cmn")]
    [InlineData("zh-Hant-HK", "yue")]
    [InlineData("en_US.UTF-8", "en-us")]
    [InlineData("xx", null)]
    [InlineData("", null)]
    [InlineData("-", null)]
    public void Find_LanguageOrLocale_GivesEspeaksName(string? code, string? expected) => Assert.Equal(expected, LanguageTable.Find(code));

    [Fact]
    public void Languages_Always_AreThe44ThatCartesiaNames()
    {
        const string Cartesia = "en fr de es pt zh ja hi it ko nl pl ru sv tr tl bg ro ar cs el fi hr ms sk da ta uk hu no vi bn th he ka id te gu kn ml mr pa or ur";

        Assert.Equal(Cartesia.Split(' ').Order(StringComparer.Ordinal), LanguageTable.Languages.Select(language => language.Code));
    }
}
