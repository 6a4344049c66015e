using Xunit;

namespace TtsGrains.Grains.Tests.Settings;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("key", "key", 0)]
    [InlineData("key", "", 3)]
    [InlineData("", "key", 3)]
    [InlineData("ky", "key", 1)]
    [InlineData("keyy", "key", 1)]
    [InlineData("kay", "key", 1)]
    [InlineData("kye", "key", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ca", "abc", 3)]
    public void Distance_TwoNames_CountsEdits(string left, string right, int expected)
    {
        Assert.Equal(expected, Suggestion.Distance(left, right));
        Assert.Equal(expected, Suggestion.Distance(right, left));
    }

    [Theory]
    [InlineData("kye", "key")]
    [InlineData("KEY", "key")]
    [InlineData("contxets", "contexts")]
    [InlineData("bad", null)]
    [InlineData("entirely-different", null)]
    [InlineData("", null)]
    public void Find_MisspeltName_ReturnsTheNearestOrNull(string name, string? expected)
        => Assert.Equal(expected, Suggestion.Find(name, ["key", "ca", "day", "contexts"], maxDistance: 2));
}
