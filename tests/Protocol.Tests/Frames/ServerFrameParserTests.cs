using System.Text;
using FsCheck.Fluent;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Protocol.Tests.Frames;

public sealed class ServerFrameParserTests
{
    private const string Chunk =
        """{"type":"chunk","context_id":"c1","status_code":206,"done":false,"data":"AAAA\/\u002Bé==","step_time":41.70,"flush_id":1}""";

    private const string Words =
        """{"type":"timestamps","context_id":"c1","status_code":206,"done":false,"flush_id":1,"word_timestamps":{"words":["Hello"],"start":[0.0],"end":[0.28]}}""";

    private const string Error =
        """{"type":"error","context_id":"c1","status_code":429,"done":true,"error_code":"x","title":"T \ud83d\ude00","message":"M","request_id":"r","error":"T: M"}""";

    [Fact]
    public void TryParse_AChunk_IsRangesOfTheInput()
    {
        var utf8 = Encoding.UTF8.GetBytes(Chunk);
        Assert.True(ServerFrameParser.TryParse(utf8, out var frame));

        Assert.Equal(FrameKind.Chunk, frame.Kind);
        Assert.Equal("c1"u8, frame.ContextId);
        Assert.Equal("""AAAA\/\u002Bé=="""u8, frame.Data);
        Assert.Equal("41.70"u8, frame.StepTime);
        Assert.True(frame.Timestamps.IsEmpty);
        Assert.True(frame is { FlushId: 1, StatusCode: 206, IsDone: false });
        Assert.True(frame.Data.Overlaps(utf8, out var at));
        Assert.Equal(-Encoding.UTF8.GetByteCount(Chunk[..Chunk.IndexOf("AAAA", StringComparison.Ordinal)]), at);
        Assert.True(frame.ContextId.Overlaps(utf8));
        Assert.True(frame.StepTime.Overlaps(utf8));
    }

    [Theory]
    [InlineData("timestamps", "word_timestamps")]
    [InlineData("phoneme_timestamps", "phoneme_timestamps")]
    public void TryParse_Timestamps_AreTheirObjectVerbatim(string type, string member)
    {
        const string times = """{ "x":["a}","\"{"] , "start":[0.0],"end":[1] }""";
        var other = member == "word_timestamps" ? "phoneme_timestamps" : "word_timestamps";
        var utf8 = Encoding.UTF8.GetBytes($$$"""{"{{{other}}}":{"other":1},"{{{member}}}" : {{{times}}} ,"flush_id":2,"type":"{{{type}}}"}""");

        Assert.True(ServerFrameParser.TryParse(utf8, out var frame));

        Assert.Equal(type == "timestamps" ? FrameKind.Timestamps : FrameKind.PhonemeTimestamps, frame.Kind);
        Assert.Equal(times, Encoding.UTF8.GetString(frame.Timestamps));
        Assert.True(frame.Timestamps.Overlaps(utf8));
        Assert.Equal(2, frame.FlushId);
    }

    [Theory]
    [InlineData("""{"type":"flush_done","context_id":"c1","status_code":206,"done":false,"data":"","flush_id":2,"flush_done":true}""", FrameKind.FlushDone, 2, false)]
    [InlineData("""{"type":"flush_done","context_id":"c1"}""", FrameKind.FlushDone, null, false)]
    [InlineData("""{"type":"done","context_id":"c1","status_code":200,"done":true}""", FrameKind.Done, null, true)]
    [InlineData("""{"done":true,"context_id":"c1","type":"error"}""", FrameKind.Error, null, true)]
    [InlineData("""{"type":"chunk","context_id":"c1","data":"","step_time":null,"flush_id":null}""", FrameKind.Chunk, null, false)]
    [InlineData("""{"type":"viseme","context_id":"c1","visemes":[{"x":[1]}],"flush_id":3}""", FrameKind.Unknown, 3, false)]
    [InlineData("""{"context_id":"c1"}""", FrameKind.Unknown, null, false)]
    [InlineData("""{"type":null,"context_id":"c1","done":null}""", FrameKind.Unknown, null, false)]
    [InlineData("{\r\n  \"context_id\" : \"c1\" ,\t\"type\" : \"chunk\"\n}\n", FrameKind.Chunk, null, false)]
    public void TryParse_OtherKinds_AreRead(string json, FrameKind kind, int? flushId, bool done)
    {
        Assert.True(ServerFrameParser.TryParse(Encoding.UTF8.GetBytes(json), out var frame));

        Assert.Equal(kind, frame.Kind);
        Assert.Equal("c1"u8, frame.ContextId);
        Assert.Equal(flushId, frame.FlushId);
        Assert.Equal(done, frame.IsDone);
        Assert.True(frame.Data.IsEmpty);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[{\"type\":\"done\"}]")]
    [InlineData("{\"done\":true}")]
    [InlineData("1e400")]
    [InlineData("2.5")]
    [InlineData("true")]
    public void TryParse_MembersOfAnotherType_AreTakenAsAbsent(string value)
    {
        var json = $$"""{"type":{{value}},"data":{{value}},"status_code":{{value}},"flush_id":{{value}},"word_timestamps":{{value}},"title":{{value}},"context_id":"c1"}""";
        if (value.StartsWith('{'))
        {
            json = json.Replace("word_timestamps", "other", StringComparison.Ordinal);
        }

        Assert.True(ServerFrameParser.TryParse(Encoding.UTF8.GetBytes(json), out var frame));

        Assert.True(frame is { Kind: FrameKind.Unknown, StatusCode: 0, FlushId: null, IsDone: false });
        Assert.True(frame.Data.IsEmpty && frame.Timestamps.IsEmpty && frame.StepTime.IsEmpty);
        Assert.Equal("c1"u8, frame.ContextId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("ping")]
    [InlineData("{}x")]
    [InlineData("{\"type\":\"chunk\"")]
    [InlineData("{\"\\ud800ype\":1}")]
    [InlineData("{\"\\ud800ontext_id\":1}")]
    public void TryParse_Garbage_IsRefused(string text)
        => Assert.False(ServerFrameParser.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void TryParse_CutAnywhere_IsRefused()
    {
        foreach (var json in (string[])[Chunk, Words, Error])
        {
            var utf8 = Encoding.UTF8.GetBytes(json);
            for (var length = 0; length < utf8.Length; length++)
            {
                Assert.False(ServerFrameParser.TryParse(utf8.AsSpan(0, length), out var frame));
                Assert.True(frame is { Kind: FrameKind.Unknown } && frame.ContextId.IsEmpty);
            }
        }
    }

    [Fact]
    public void TryParse_RandomBytes_NeverThrows()
        => Mutations.Hold(Prop.ForAll<byte[]>(utf8 => ReadsWithin(utf8)));

    [Fact]
    public void TryParse_DamagedFrames_NeverThrowsAndStaysWithinTheInput()
        => Mutations.Hold(Prop.ForAll(Mutations.Of(Chunk, Words, Error), ReadsWithin));

    private static bool ReadsWithin(byte[] utf8)
    {
        if (!ServerFrameParser.TryParse(utf8, out var frame))
        {
            return true;
        }

        var error = frame.ToError();
        return error.StatusCode is >= 400 and <= 599 && error.Title.Length > 0 && error.Message.Length > 0
            && Within(utf8, frame.ContextId) && Within(utf8, frame.Data) && Within(utf8, frame.StepTime) && Within(utf8, frame.Timestamps);
    }

    private static bool Within(byte[] utf8, ReadOnlySpan<byte> range) => range.IsEmpty || range.Overlaps(utf8);
}
