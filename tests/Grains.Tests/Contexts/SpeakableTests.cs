using TtsGrains.Grains.Contexts.Words;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class SpeakableTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("...7")]
    [InlineData("\u00e9")]
    [InlineData("\u4f60\u597d")]
    [InlineData("\ud83d\ude00")]
    [InlineData("$")]
    [InlineData("+")]
    [InlineData("\u00bd")]
    [InlineData("\ud801\udc00")]
    public void IsIn_SomethingToSay_IsTrue(string text) => Assert.True(Speakable.IsIn(text));

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n\u00a0")]
    [InlineData(".,;:!?\u2026\u00bf\u3002")]
    [InlineData("\"'\u00ab\u00bb()[]-\u2014")]
    public void IsIn_PunctuationSpaceOrDebris_IsFalse(string text) => Assert.False(Speakable.IsIn(text));
}
