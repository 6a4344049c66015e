using System.Text;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Protocol.Tests.Frames;

public sealed class ServerErrorTests
{
    private const string NoMessage = "The speech provider reported an error without a message.";

    [Theory]
    [InlineData("""{"status_code":429,"error_code":"concurrency_limited","title":"Too many","message":"Wait.","error":"Too many: Wait."}""", 429, "concurrency_limited", "Too many", "Wait.")]
    [InlineData("""{"status_code":400,"error":"transcript empty or contains only punctuation: first transcript is empty"}""", 400, null, "transcript empty or contains only punctuation", "first transcript is empty")]
    [InlineData("""{"status_code":400,"error":"boom"}""", 400, null, "Upstream error", "boom")]
    [InlineData("""{"status_code":400,"error":": boom"}""", 400, null, "Upstream error", ": boom")]
    [InlineData("""{"status_code":503,"title":"Down"}""", 503, null, "Down", "Down")]
    [InlineData("""{"status_code":503,"message":"Down"}""", 503, null, "Upstream error", "Down")]
    [InlineData("""{"status_code":503,"title":"Down","message":null,"error_code":null,"error":"Down: now"}""", 503, null, "Down", "Down: now")]
    [InlineData("""{}""", 500, null, "Upstream error", NoMessage)]
    [InlineData("""{"status_code":206,"message":5,"error":{"x":1}}""", 500, null, "Upstream error", NoMessage)]
    [InlineData("""{"status_code":700,"title":"\u0041\n","message":"\"b\" \ud83d\ude00"}""", 500, null, "A\n", "\"b\" 😀")]
    [InlineData("""{"status_code":400,"title":"T","message":"half \ud83d"}""", 400, null, "T", """half \ud83d""")]
    [InlineData("""{"status_code":503,"title":"Down","error":{"title":"Other","message":"Now."}}""", 503, null, "Down", "Now.")]
    public void ToError_EitherForm_IsUnderstood(string json, int status, string? code, string title, string message)
        => Assert.Equal(new ProtocolError(status, code, title, message), Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"title":"T","message":"bad ? byte"}""")]
    [InlineData("""{"title":"T","message":"bad \n ? byte"}""")]
    public void ToError_BytesThatAreNotUtf8_DoNotThrow(string json)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        utf8.AsSpan().Replace((byte)'?', (byte)0xFF);

        Assert.Contains("\uFFFD byte", Read(utf8).Message, StringComparison.Ordinal);
    }

    private static ProtocolError Read(byte[] utf8)
    {
        Assert.True(ServerFrameParser.TryParse(utf8, out var frame));
        return frame.ToError();
    }
}
