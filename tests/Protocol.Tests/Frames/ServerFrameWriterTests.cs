using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Protocol.Tests.Frames;

public sealed class ServerFrameWriterTests
{
    private static readonly ApiVersion LastFromZero = ApiVersion.Parse("2024-11-13");

    public static TheoryData<string> HostileIds() =>
    [
        "c1", "8cc63172-894", "a\"b", "a\\", "\\\"", "</script>", "\0\u0001\r\n\t\u007f", "é日本😀", "\u2028\uFEFF", "null", " ", "{\"x\":1}", new string('"', 256),
    ];

    [Theory]
    [MemberData(nameof(HostileIds))]
    public void Write_EveryKind_IsStrictJsonWithTheExactContextId(string contextId)
    {
        var writer = new ServerFrameWriter(contextId, ApiVersion.Newest);
        var buffer = new byte[writer.GetMaxLength(100)];

        var chunk = WireFrame.Check(buffer.AsSpan(0, writer.WriteChunk(buffer, "AAAA"u8, "41.7"u8, 3, out _)), "chunk", contextId);
        Assert.Equal("AAAA", chunk.GetProperty("data").GetString());
        Assert.Equal(41.7, chunk.GetProperty("step_time").GetDouble());
        Assert.Equal(3, WireFrame.FlushId(chunk));

        var words = writer.WriteTimestamps(buffer, FrameKind.Timestamps, """{"words":["a"],"start":[0],"end":[1]}"""u8, 2);
        Assert.Equal(2, WireFrame.FlushId(WireFrame.Check(buffer.AsSpan(0, words), "timestamps", contextId)));
        var phonemes = writer.WriteTimestamps(buffer, FrameKind.PhonemeTimestamps, """{"phonemes":[],"start":[],"end":[]}"""u8, 2);
        Assert.Equal(2, WireFrame.FlushId(WireFrame.Check(buffer.AsSpan(0, phonemes), "phoneme_timestamps", contextId)));

        var flush = WireFrame.Check(buffer.AsSpan(0, writer.WriteFlushDone(buffer, 7)), "flush_done", contextId);
        Assert.Equal(7, WireFrame.FlushId(flush));
        Assert.Equal("", flush.GetProperty("data").GetString());

        WireFrame.Check(buffer.AsSpan(0, writer.WriteDone(buffer)), "done", contextId);
        WireFrame.Check(Error(ErrorCatalogue.ContextClosed, contextId), "error", contextId);
    }

    [Fact]
    public void WriteChunk_DataStart_IsWhereTheDataLies()
    {
        var writer = new ServerFrameWriter("a\"data\":\"", ApiVersion.Newest);
        var buffer = new byte[writer.GetMaxLength(8)];

        var length = writer.WriteChunk(buffer, "QUJDRA=="u8, default, 12, out var dataStart);

        Assert.Equal("QUJDRA=="u8, buffer.AsSpan(dataStart, 8));
        Assert.Equal("\"}"u8, buffer.AsSpan(dataStart + 8, length - dataStart - 8));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("0", 0)]
    [InlineData("41.25", 41.25)]
    [InlineData("-1.7976931348623157E+308", -1.7976931348623157E+308)]
    [InlineData("0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001", 0)]
    public void WriteChunk_AStepTime_IsCopiedUnlessItIsAbsurd(string stepTime, double expected)
    {
        var writer = new ServerFrameWriter("c1", ApiVersion.Newest);
        var buffer = new byte[writer.GetMaxLength(4)];

        var length = writer.WriteChunk(buffer, "AAAA"u8, Encoding.UTF8.GetBytes(stepTime), int.MaxValue, out _);

        Assert.Equal(expected, WireFrame.Check(buffer.AsSpan(0, length), "chunk", "c1").GetProperty("step_time").GetDouble());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(12.34567, 12.346)]
    [InlineData(1e300, 1e300)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    public void WriteChunk_FromSamples_IsBase64(double stepTimeMs, double expected)
    {
        byte[] audio = [0, 1, 2, 3, 252, 253, 254, 255];
        var writer = new ServerFrameWriter("c1", ApiVersion.Newest);
        var buffer = new byte[writer.GetMaxLength(Base64.GetMaxEncodedToUtf8Length(audio.Length))];

        var chunk = WireFrame.Check(buffer.AsSpan(0, writer.WriteChunk(buffer, audio, stepTimeMs, 1)), "chunk", "c1");

        Assert.Equal(audio, chunk.GetProperty("data").GetBytesFromBase64());
        Assert.Equal(expected, chunk.GetProperty("step_time").GetDouble());
    }

    [Fact]
    public void WriteTimestamps_Nothing_IsNullRatherThanBrokenJson()
    {
        var writer = new ServerFrameWriter("c1", ApiVersion.Newest);
        var buffer = new byte[writer.GetMaxLength(0)];

        using var json = JsonDocument.Parse(buffer.AsMemory(0, writer.WriteTimestamps(buffer, FrameKind.Timestamps, default, 1)));

        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("word_timestamps").ValueKind);
    }

    [Fact]
    public void Flushes_OfTheOldestVersions_AreUnnumberedUntilTheFirstAndThenFromZero()
    {
        var writer = new ServerFrameWriter("c1", LastFromZero);
        var buffer = new byte[writer.GetMaxLength(4)];

        int? Check(int length, string type) => WireFrame.FlushId(WireFrame.Check(buffer.AsSpan(0, length), type, "c1"));
        int? Chunk(int segment) => Check(writer.WriteChunk(buffer, "AAAA"u8, default, segment, out _), "chunk");
        int? Done(int segment) => Check(writer.WriteFlushDone(buffer, segment), "flush_done");

        Assert.Equal<int?>([null, 0, 1, 1, 2], [Chunk(1), Done(1), Chunk(2), Done(2), Chunk(3)]);
    }

    [Fact]
    public void GetMaxLength_AnyPayload_Suffices()
        => Mutations.Hold(Prop.ForAll<byte[], string, int>((payload, id, segment) =>
        {
            var contextId = string.Concat((id ?? "").EnumerateRunes());
            foreach (var version in (ApiVersion[])[ApiVersion.Newest, LastFromZero])
            {
                var writer = new ServerFrameWriter(contextId, version);
                var text = new byte[Base64.GetMaxEncodedToUtf8Length(payload.Length)];
                Base64.EncodeToUtf8(payload, text, out _, out _);
                var buffer = new byte[writer.GetMaxLength(text.Length)];
                var flushId = segment % 2 == 0 ? segment : int.MinValue + 1;
                writer.WriteChunk(buffer, text, "-1.7976931348623157E+308"u8, flushId, out _);
                writer.WriteChunk(buffer, payload, -double.Epsilon, flushId);
                writer.WriteTimestamps(buffer, FrameKind.PhonemeTimestamps, text, flushId);
                writer.WriteFlushDone(buffer, flushId);
                writer.WriteDone(buffer);
            }

            return true;
        }));

    [Fact]
    public void WriteError_AnyError_HasBothForms()
    {
        var frame = WireFrame.Check(Error(ErrorCatalogue.UnknownModel("x\"y"), "c1"), "error", "c1");

        Assert.Equal("model_not_found", frame.GetProperty("error_code").GetString());
        Assert.Equal("Invalid model", frame.GetProperty("title").GetString());
        Assert.Equal("r-1", frame.GetProperty("request_id").GetString());
        Assert.Equal($"Invalid model: {frame.GetProperty("message").GetString()}", frame.GetProperty("error").GetString());
        Assert.False(frame.TryGetProperty("doc_url", out _));
    }

    [Fact]
    public void WriteError_WithoutContextOrCode_LeavesOutTheOneAndNullsTheOther()
    {
        var frame = WireFrame.Check(Error(ErrorCatalogue.Internal, contextId: null), "error", contextId: null);

        Assert.Equal(JsonValueKind.Null, frame.GetProperty("error_code").ValueKind);
    }

    private static ReadOnlySpan<byte> Error(ProtocolError error, string? contextId)
    {
        var output = new ArrayBufferWriter<byte>();
        ServerFrameWriter.WriteError(output, error, contextId, "r-1");
        return output.WrittenSpan;
    }
}
