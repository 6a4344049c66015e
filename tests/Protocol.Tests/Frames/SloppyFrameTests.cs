using System.Text;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Protocol.Tests.Frames;

/// <summary>Frames that differ from the protocol in ways that leave no doubt about what they mean.</summary>
public sealed class SloppyFrameTests
{
    [Theory]
    [InlineData("\"206\"", 206)]
    [InlineData("\" 206 \"", 206)]
    [InlineData("206.0", 206)]
    [InlineData("\"206.0\"", 206)]
    [InlineData("2.06e2", 206)]
    [InlineData("\"two\"", 0)]
    [InlineData("\"\"", 0)]
    [InlineData("206.5", 0)]
    public void TryParse_NumbersInOtherForms_AreRead(string number, int expected)
    {
        var frame = Parse($$"""{"type":"chunk","status_code":{{number}},"flush_id":{{number}},"data":"AAAA"}""");

        Assert.Equal(expected, frame.StatusCode);
        Assert.Equal(expected == 0 ? null : expected, frame.FlushId);
    }

    [Theory]
    [InlineData("\"41.7\"", "41.7")]
    [InlineData("\" -1e3 \"", "-1e3")]
    [InlineData("\"041\"", "")]
    [InlineData("\"+1\"", "")]
    [InlineData("\".5\"", "")]
    [InlineData("\"1.\"", "")]
    [InlineData("\"1e\"", "")]
    [InlineData("\"NaN\"", "")]
    [InlineData("\"1,\\\"x\\\":2\"", "")]
    public void TryParse_StepTimeAsText_IsTakenWhenItIsAJsonNumber(string given, string expected)
        => Assert.Equal(expected, Encoding.UTF8.GetString(Parse($$"""{"type":"chunk","step_time":{{given}}}""").StepTime));

    [Theory]
    [InlineData("""{"type":"error","status_code":"404","error_code":"voice_not_found","title":"T","message":"M"}""", 404, "voice_not_found", "T", "M")]
    [InlineData("""{"type":"error","error":{"status":404,"code":"voice_not_found","title":"T","message":"M"}}""", 404, "voice_not_found", "T", "M")]
    [InlineData("""{"type":"error","error":{"status_code":"404","error_code":"voice_not_found","message":"M"},"title":"T"}""", 404, "voice_not_found", "T", "M")]
    [InlineData("""{"type":"error","error":{"code":429,"message":"M","extra":[{"x":1}]}}""", 429, null, "Upstream error", "M")]
    [InlineData("""{"type":"error","error":{"code":"503","message":"M"}}""", 503, null, "Upstream error", "M")]
    [InlineData("""{"type":"error","message":{"message":"M","title":"T","status":402}}""", 402, null, "T", "M")]
    [InlineData("""{"type":"error","status_code":400,"error":{"detail":"Invalid voice: M"}}""", 400, null, "Invalid voice", "M")]
    [InlineData("""{"type":"error","error":{"type":"quota_exceeded","message":"M"}}""", 402, "quota_exceeded", "Upstream error", "M")]
    [InlineData("""{"type":"error","error_code":"model_sunsetted","message":"M"}""", 400, "model_sunsetted", "Upstream error", "M")]
    [InlineData("""{"type":"error","error_code":"concurrency_limited","message":"M"}""", 429, "concurrency_limited", "Upstream error", "M")]
    [InlineData("""{"type":"error","status_code":206,"error_code":"voice_not_found","message":"M"}""", 404, "voice_not_found", "Upstream error", "M")]
    [InlineData("""{"error":"T: M","status_code":400}""", 400, null, "T", "M")]
    [InlineData("""{"error":{"message":"M"}}""", 500, null, "Upstream error", "M")]
    [InlineData("""{"type":"error","title":"T \ud83d","message":"M \ud800"}""", 500, null, "T \\ud83d", "M \\ud800")]
    public void ToError_WhereverItIsSaid_IsKept(string json, int status, string? code, string title, string message)
    {
        var frame = Parse(json);

        Assert.Equal(FrameKind.Error, frame.Kind);
        Assert.Equal(new ProtocolError(status, code, title, message), frame.ToError());
    }

    [Theory]
    [InlineData("""{"data":"AAAA"}""", FrameKind.Chunk)]
    [InlineData("""{"data":"AAAA","done":false,"status_code":206}""", FrameKind.Chunk)]
    [InlineData("""{"word_timestamps":{"words":[]}}""", FrameKind.Timestamps)]
    [InlineData("""{"phoneme_timestamps":{"phonemes":[]}}""", FrameKind.PhonemeTimestamps)]
    [InlineData("""{"flush_done":true,"data":""}""", FrameKind.FlushDone)]
    [InlineData("""{"done":true}""", FrameKind.Done)]
    [InlineData("""{"done":"true"}""", FrameKind.Done)]
    [InlineData("""{"done":1}""", FrameKind.Done)]
    [InlineData("""{"status_code":503,"done":true}""", FrameKind.Error)]
    [InlineData("""{"type":"weather","data":"AAAA"}""", FrameKind.Unknown)]
    [InlineData("""{"type":7,"data":"AAAA"}""", FrameKind.Unknown)]
    public void TryParse_TypeIsMissing_FollowsFromTheRest(string json, FrameKind kind) => Assert.Equal(kind, Parse(json).Kind);

    [Fact]
    public void TryParse_ByteOrderMark_IsLeftOut() => Assert.Equal(FrameKind.Done, Parse("\uFEFF{\"type\":\"done\"}").Kind);

    [Theory]
    [InlineData("""{"type":"chunk","data":"AAAA","done":true}""", true)]
    [InlineData("""{"type":"chunk","data":"AAAA","done":false}""", false)]
    [InlineData("""{"type":"flush_done","done":true}""", false)]
    [InlineData("""{"type":"done"}""", true)]
    [InlineData("""{"type":"error"}""", true)]
    public void IsLast_OnlyWhatEndsTheContext(string json, bool isLast) => Assert.Equal(isLast, Parse(json).IsLast);

    [Theory]
    [InlineData("{}", false)]
    [InlineData("""{"data":null}""", false)]
    [InlineData("""{"data":""}""", false)]
    [InlineData("""{"data":{"x":1}}""", true)]
    [InlineData("""{"data":[1,2]}""", true)]
    [InlineData("""{"data":7}""", true)]
    public void HasUnreadableData_OnlyWhatCannotBeAudio(string json, bool isUnreadable) => Assert.Equal(isUnreadable, Parse(json).HasUnreadableData);

    [Theory]
    [InlineData("""{"type":"chunk"}{"type":"done"}""")]
    [InlineData("{\"type\":\"chunk\"}\r\n{\"type\":\"done\"}\n")]
    [InlineData("\uFEFF{\"type\":\"chunk\"} \uFEFF{\"type\":\"done\"}\0")]
    public void TryParse_SeveralInOneMessage_AreReadOneAfterTheOther(string text)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        List<FrameKind> kinds = [];
        while (!rest.IsEmpty)
        {
            Assert.True(ServerFrameParser.TryParse(rest, out var frame, out var consumed));
            kinds.Add(frame.Kind);
            rest = rest[consumed..];
        }

        Assert.Equal([FrameKind.Chunk, FrameKind.Done], kinds);
    }

    private static ServerFrame Parse(string json)
    {
        Assert.True(ServerFrameParser.TryParse(Encoding.UTF8.GetBytes(json), out var frame, out _));
        return frame;
    }
}
