using System.Text;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Protocol.Tests.Audio;

public sealed class Base64AudioTests
{
    [Theory]
    [InlineData("AAECAwQF", 6)]
    [InlineData("AAECAwQ=", 5)]
    [InlineData("AAECAw==", 4)]
    [InlineData("++//", 3)]
    public void IsStrict_StandardForm_KnowsTheLength(string text, int length)
    {
        Assert.True(Base64Audio.IsStrict(Encoding.ASCII.GetBytes(text), out var decoded));
        Assert.Equal(length, decoded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAE")]
    [InlineData("AAECAw")]
    [InlineData("A===")]
    [InlineData("====")]
    [InlineData("=AAA")]
    [InlineData("AA=A")]
    [InlineData("-_-_")]
    [InlineData("AAB=")]
    [InlineData("AB==")]
    [InlineData("AA==AA==")]
    [InlineData("AA E")]
    [InlineData("\\/AA")]
    [InlineData("****")]
    public void IsStrict_AnyOtherForm_IsNot(string text) => Assert.False(Base64Audio.IsStrict(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("", "")]
    [InlineData("+/8=", "FBFF")]
    [InlineData("-_8=", "FBFF")]
    [InlineData("-_8", "FBFF")]
    [InlineData("+/8", "FBFF")]
    [InlineData("+w", "FB")]
    [InlineData("\\u002b\\/8=", "FBFF")]
    [InlineData("\\u002B\\u002f8", "FBFF")]
    [InlineData("+/\\r\\n8=\\n", "FBFF")]
    [InlineData(" +/8= ", "FBFF")]
    [InlineData("+w==+w==", "FBFB")]
    [InlineData("AB==", "00")]
    public void TryDecode_FormsThatSendersUse_AreUnderstood(string text, string hex)
    {
        var audio = new byte[Base64Audio.GetMaxDecodedLength(text.Length)];
        Assert.True(Base64Audio.TryDecode(Encoding.ASCII.GetBytes(text), audio, out var written));
        Assert.Equal(hex, Convert.ToHexString(audio.AsSpan(0, written)));
    }

    [Theory]
    [InlineData("****")]
    [InlineData("A")]
    [InlineData("AAAAA")]
    [InlineData("AAAA\\u00")]
    [InlineData("AAAA\\q")]
    [InlineData("AAAA\\")]
    [InlineData("audio")]
    [InlineData("ÄÄÄÄ")]
    public void TryDecode_NoBase64_IsRefused(string text)
        => Assert.False(Base64Audio.TryDecode(Encoding.UTF8.GetBytes(text), new byte[Base64Audio.GetMaxDecodedLength(text.Length * 2)], out _));

    [Fact]
    public void TryDecode_EveryLengthAndByte_AsTheFrameworkDoes()
    {
        var random = new Random(1);
        for (var length = 0; length < 300; length++)
        {
            var audio = new byte[length];
            random.NextBytes(audio);
            var text = Convert.ToBase64String(audio);
            foreach (var form in (string[])[text, text.TrimEnd('='), text.Replace('+', '-').Replace('/', '_'), text.TrimEnd('=').Replace('+', '-').Replace('/', '_')])
            {
                var decoded = new byte[Base64Audio.GetMaxDecodedLength(form.Length)];
                Assert.True(Base64Audio.TryDecode(Encoding.ASCII.GetBytes(form), decoded, out var written));
                Assert.Equal(audio, decoded.AsSpan(0, written));
            }
        }
    }
}
