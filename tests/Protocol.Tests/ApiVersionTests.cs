namespace TtsGrains.Protocol.Tests;

public sealed class ApiVersionTests
{
    [Theory]
    [InlineData("2024-06-10", 0, true, false, false)]
    [InlineData("2024-11-13", 0, true, false, false)]
    [InlineData("2025-04-16", 3000, false, false, false)]
    [InlineData("2025-11-04", 3000, false, false, false)]
    [InlineData("2026-03-01", 3000, false, true, false)]
    [InlineData("2026-08-14", 3000, false, true, true)]
    [InlineData("2031-01-01", 3000, false, true, true)]
    public void Parse_ADate_DecidesWhatDependsOnIt(string text, int delayMs, bool fromZero, bool jsonErrors, bool plainVoice)
    {
        var version = ApiVersion.Parse(text);

        Assert.Equal(text, version.ToString());
        Assert.Equal(delayMs, version.DefaultBufferDelayMs);
        Assert.Equal(fromZero, version.NumbersFlushesFromZero);
        Assert.Equal(jsonErrors, version.HasJsonErrors);
        Assert.Equal(plainVoice, version.WritesVoiceAsPlainId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("latest")]
    [InlineData("2026-3-1")]
    [InlineData("2026-02-30")]
    [InlineData(" 2024-06-10")]
    [InlineData("2024-06-10T00:00:00Z")]
    public void Parse_MissingOrUnknown_IsTheNewest(string? text)
        => Assert.Equal(ApiVersion.Newest, ApiVersion.Parse(text));
}
