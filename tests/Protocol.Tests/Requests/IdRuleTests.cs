using TtsGrains.Protocol.Requests;

namespace TtsGrains.Protocol.Tests.Requests;

public sealed class IdRuleTests
{
    [Theory]
    [InlineData("0b7e7c1e-9f0a-4c57-8a57-0f1a2b3c4d5e")] // uuid4: the Python and JavaScript SDKs
    [InlineData("violet-zoos-divide")] // human-id: version 2 of the JavaScript SDK
    [InlineData("8cc63172-894")] // LiveKit
    [InlineData("CA5ef8732a3c49700934481addd5ce1659")] // a call SID of Twilio
    [InlineData("a84b4c76e66710@pc33.example.com")] // a Call-ID of SIP
    [InlineData("urn:uuid:0b7e7c1e-9f0a-4c57-8a57-0f1a2b3c4d5e")]
    [InlineData("call 1")]
    [InlineData("turn#3?retry=1&x=[a]{b}")]
    [InlineData("...")]
    [InlineData(".hidden")]
    [InlineData("a")]
    [InlineData("0")]
    public void IsMetBy_IdOfAClient_ReturnsTrue(string id) => Assert.True(IdRule.IsMetBy(id));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a%2Fb")]
    [InlineData("%2e%2e")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData(" ")]
    [InlineData("a\0b")]
    [InlineData("a\r\nX-Injected: 1")]
    [InlineData("a\tb")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085b")]
    [InlineData("é")]
    [InlineData("\u202egnirts")]
    [InlineData("😀")]
    [InlineData("\ud800")]
    public void IsMetBy_WrongCharacter_ReturnsFalse(string id) => Assert.False(IdRule.IsMetBy(id));

    [Fact]
    public void IsMetBy_Length_EndsAtTheMaximum()
    {
        Assert.True(IdRule.IsMetBy(new string('x', IdRule.MaxLength)));
        Assert.False(IdRule.IsMetBy(new string('x', IdRule.MaxLength + 1)));
        Assert.False(IdRule.IsMetBy(new string('x', 10_000)));
        Assert.Contains($"1 to {IdRule.MaxLength} ", IdRule.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void IsMetBy_EveryUtf16Unit_AllowsPrintableAsciiWithoutTheThree()
    {
        var allowed = Enumerable.Range(0, char.MaxValue + 1).Select(unit => (char)unit).Where(unit => IdRule.IsMetBy($"a{unit}a")).ToArray();

        Assert.Equal(Enumerable.Range(' ', '~' - ' ' + 1).Select(unit => (char)unit).Except(['/', '\\', '%']), allowed);
    }
}
