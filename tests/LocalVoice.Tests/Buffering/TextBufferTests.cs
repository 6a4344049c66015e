using TtsGrains.LocalVoice.Buffering;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Buffering;

public sealed class TextBufferTests
{
    [Theory]
    [InlineData("Hello there", "")]
    [InlineData("Hello there.", "")]
    [InlineData("Hello there. ", "Hello there. ")]
    [InlineData("Hello there. How are", "Hello there. ")]
    [InlineData("One. Two! Three? Fo", "One. Two! Three? ")]
    [InlineData("It costs 3.50 now", "")]
    [InlineData("See example.com now", "")]
    [InlineData("\"Stop!\" he", "\"Stop!\" ")]
    [InlineData("你好。再", "你好。")]
    [InlineData("Well, then", "")]
    public void Add_Managed_ReleasesFinishedSentences(string text, string released)
    {
        var buffer = new TextBuffer(managed: true);

        Assert.Equal(released, buffer.Add(text));
        Assert.Equal(text[released.Length..], buffer.TakeAll());
    }

    [Fact]
    public void Add_InParts_JoinsThemVerbatim()
    {
        var buffer = new TextBuffer(managed: true);

        Assert.Equal("", buffer.Add("Hel"));
        Assert.Equal("", buffer.Add("lo,"));
        Assert.Equal("Hello,world. ", buffer.Add("world. Bye"));
        Assert.False(buffer.IsEmpty);
    }

    [Fact]
    public void Add_Unmanaged_HoldsNothing()
    {
        var buffer = new TextBuffer(managed: false);

        Assert.Equal("Hel", buffer.Add("Hel"));
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void TakeAfterDelay_WithAPartialWord_HoldsItForOneDelayMore()
    {
        var buffer = new TextBuffer(managed: true);
        buffer.Add("Hello wor");

        Assert.Equal("Hello ", buffer.TakeAfterDelay());
        Assert.Equal("wor", buffer.TakeAfterDelay());
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void TakeAfterDelay_WhenTheWordWasContinued_HoldsItAgain()
    {
        var buffer = new TextBuffer(managed: true);
        buffer.Add("wor");
        buffer.TakeAfterDelay();
        buffer.Add("ld");

        Assert.Equal("", buffer.TakeAfterDelay());
        Assert.Equal("world", buffer.TakeAfterDelay());
    }
}
