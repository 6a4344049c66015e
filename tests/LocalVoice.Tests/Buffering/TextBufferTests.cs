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

        Assert.Equal(released, buffer.Add(text).Text);
        Assert.Equal(text[released.Length..], buffer.TakeAll().Text);
    }

    [Fact]
    public void Add_InParts_JoinsThemVerbatim()
    {
        var buffer = new TextBuffer(managed: true);

        Assert.Equal("", buffer.Add("Hel").Text);
        Assert.Equal("", buffer.Add("lo,").Text);
        Assert.Equal("Hello,world. ", buffer.Add("world. Bye").Text);
        Assert.False(buffer.IsEmpty);
    }

    [Theory]
    [InlineData("Hello there ", "Hello there ")]
    [InlineData("Hello there", "")]
    [InlineData("Hello there.", "")]
    [InlineData("", "")]
    [InlineData("e\u0301", "")]
    public void Add_Unmanaged_HoldsOnlyTextWhoseLastWordMayGoOn(string text, string released)
    {
        var buffer = new TextBuffer(managed: false);

        Assert.Equal(released, buffer.Add(text).Text);
        Assert.Equal(text[released.Length..], buffer.TakeAfterDelay().Text);
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void Add_UnmanagedTokens_ReleasesEachFinishedWord()
    {
        Assert.Equal("||Hello |there, ||all", Release(["Hel", "lo", " the", "re, a", "ll"]));
        Assert.Equal("|你|好", Release(["你", "好"]));

        static string Release(string[] tokens)
        {
            var buffer = new TextBuffer(managed: false);
            return string.Join('|', tokens.Select(token => buffer.Add(token).Text).ToList().Append(buffer.TakeAll().Text));
        }
    }

    [Fact]
    public void Add_SentenceThatAQuoteMayFollow_SettlesBeforeItIsReleased()
    {
        var buffer = new TextBuffer(managed: true);

        Assert.Equal("", buffer.Add("「你好。").Text);
        Assert.True(buffer.IsSettling);
        Assert.Equal("「你好。」", buffer.Add("」再").Text);
        Assert.False(buffer.IsSettling);
        buffer.Add("见。");
        Assert.Equal("再见。", buffer.TakeAfterDelay().Text);
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void Add_Break_ReleasesAllBeforeIt()
    {
        var buffer = new TextBuffer(managed: true);

        var taken = buffer.Add("Wait<break time=\"1s\"/> and <speed ratio=\"2\"/>go");

        Assert.Equal("Wait", taken.Text);
        Assert.Equal([4], taken.Tags.Select(tag => tag.Position));
        taken = buffer.AddLast(" on");
        Assert.Equal(" and go on", taken.Text);
        Assert.Equal([5], taken.Tags.Select(tag => tag.Position));
    }

    [Fact]
    public void Add_UnfinishedTag_WaitsForItsRestAndIsTextAtTheEnd()
    {
        var buffer = new TextBuffer(managed: false);

        Assert.Equal("Hi ", buffer.Add("Hi <bre").Text);
        Assert.False(buffer.HasReleasable);
        Assert.False(buffer.IsEmpty);
        Assert.Single(buffer.Add("ak time=\"1s\"/>").Tags);
        Assert.Equal("", buffer.Add("<bre").Text);
        Assert.Equal("<bre", buffer.TakeAll().Text);
    }

    [Fact]
    public void TakeAfterDelay_WithAPartialWord_HoldsItForOneDelayMore()
    {
        var buffer = new TextBuffer(managed: true);
        buffer.Add("Hello wor");

        Assert.Equal("Hello ", buffer.TakeAfterDelay().Text);
        Assert.Equal("wor", buffer.TakeAfterDelay().Text);
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void TakeAfterDelay_WhenTheWordWasContinued_HoldsItAgain()
    {
        var buffer = new TextBuffer(managed: true);
        buffer.Add("wor");
        buffer.TakeAfterDelay();
        buffer.Add("ld");

        Assert.Equal("", buffer.TakeAfterDelay().Text);
        Assert.Equal("world", buffer.TakeAfterDelay().Text);
    }
}
