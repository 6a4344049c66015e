using Xunit;

namespace TtsGrains.Grains.Tests.Settings;

public sealed class DurationTests
{
    [Theory]
    [InlineData("5s", "00:00:05")]
    [InlineData("250ms", "00:00:00.250")]
    [InlineData("1.5s", "00:00:01.500")]
    [InlineData("10m", "00:10:00")]
    [InlineData("1h", "01:00:00")]
    [InlineData("7d", "7.00:00:00")]
    [InlineData("0s", "00:00:00")]
    [InlineData("5 S", "00:00:05")]
    [InlineData("00:00:05", "00:00:05")]
    [InlineData("1.00:00:00", "1.00:00:00")]
    public void TryParse_WithUnit_IsRead(string text, string expected)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), duration);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("0")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5x")]
    [InlineData("abc")]
    [InlineData("00:61:00")]
    [InlineData("99999999999999999d")]
    public void TryParse_WithoutUnitOrNumber_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(50, "50ms")]
    [InlineData(500, "500ms")]
    [InlineData(1500, "1.5s")]
    [InlineData(210_000, "3.5m")]
    [InlineData(3_600_000, "1h")]
    [InlineData(86_400_000, "1d")]
    public void Format_Duration_UsesTheLargestUnit(int milliseconds, string expected)
    {
        var text = Duration.Format(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(expected, text);
        Assert.True(Duration.TryParse(text, out var again));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), again);
    }
}
