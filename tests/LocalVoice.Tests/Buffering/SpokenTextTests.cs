using TtsGrains.LocalVoice.Buffering;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Buffering;

public sealed class SpokenTextTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData(" \n", false)]
    [InlineData("... -- !", false)]
    [InlineData("<break time=\"1s\"/>", false)]
    [InlineData("a", true)]
    [InlineData("$", true)]
    [InlineData("你", true)]
    [InlineData("7.", true)]
    public void HasSomethingToSay_Always_LooksForMoreThanPunctuation(string text, bool expected)
        => Assert.Equal(expected, SpokenText.HasSomethingToSay(text));

    [Fact]
    public void ToSpoken_TagsAndControls_AreBlankedInPlace()
    {
        Assert.Equal("Hi               there", SpokenText.ToSpoken("Hi <speed x=\"2\"/>there"));
        Assert.Equal("a b c", SpokenText.ToSpoken("a\nb\0c"));
        Assert.Equal("1 < 2 and <b>", SpokenText.ToSpoken("1 < 2 and <b>"));
    }
}
