using System.Buffers;
using System.Text;
using FsCheck.Fluent;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Protocol.Tests.Frames;

public sealed class FrameRoundTripTests
{
    private const string Id = "up-0001";

    private readonly ServerFrameWriter _writer = new(Id, ApiVersion.Newest);

    [Fact]
    public void Chunk_WrittenAndRead_IsTheSame()
        => Mutations.Hold(Prop.ForAll<byte[], int>((audio, flushId) =>
        {
            var data = Encoding.UTF8.GetBytes(Convert.ToBase64String(audio));
            var buffer = new byte[_writer.GetMaxLength(data.Length)];
            var written = buffer.AsSpan(0, _writer.WriteChunk(buffer, data, "1.5"u8, flushId, out var dataStart));

            return ServerFrameParser.TryParse(written, out var frame)
                && frame is { Kind: FrameKind.Chunk, StatusCode: 206, IsDone: false } && frame.FlushId == flushId
                && frame.ContextId.SequenceEqual("up-0001"u8) && frame.StepTime.SequenceEqual("1.5"u8)
                && frame.Data.SequenceEqual(data) && (data.Length == 0 || frame.Data == buffer.AsSpan(dataStart, data.Length));
        }));

    [Theory]
    [InlineData(FrameKind.Timestamps)]
    [InlineData(FrameKind.PhonemeTimestamps)]
    public void Timestamps_WrittenAndRead_AreTheSame(FrameKind kind)
    {
        var times = new ArrayBufferWriter<byte>();
        TimestampsWriter.Write(times, kind, [new("a\"}", 0, 1)]);
        var buffer = new byte[_writer.GetMaxLength(times.WrittenCount)];

        Assert.True(ServerFrameParser.TryParse(buffer.AsSpan(0, _writer.WriteTimestamps(buffer, kind, times.WrittenSpan, 4)), out var frame));

        Assert.True(frame.Kind == kind && frame.FlushId == 4 && frame.ContextId.SequenceEqual("up-0001"u8));
        Assert.Equal(times.WrittenSpan, frame.Timestamps);
    }

    [Fact]
    public void FlushDoneAndDone_WrittenAndRead_AreTheSame()
    {
        var buffer = new byte[_writer.GetMaxLength(0)];

        Assert.True(ServerFrameParser.TryParse(buffer.AsSpan(0, _writer.WriteFlushDone(buffer, 9)), out var flush));
        Assert.True(flush is { Kind: FrameKind.FlushDone, FlushId: 9, IsDone: false });
        Assert.True(ServerFrameParser.TryParse(buffer.AsSpan(0, _writer.WriteDone(buffer)), out var done));
        Assert.True(done is { Kind: FrameKind.Done, FlushId: null, IsDone: true, StatusCode: 206 });
    }

    [Fact]
    public void Error_WrittenAndRead_IsTheSame()
    {
        ProtocolError[] errors = [ErrorCatalogue.VoiceForm, ErrorCatalogue.Internal, ErrorCatalogue.TooManyContexts(3), new(599, "\"", "\\", "\0é😀")];
        foreach (var error in errors)
        {
            var output = new ArrayBufferWriter<byte>();
            ServerFrameWriter.WriteError(output, error, Id, "r");

            Assert.True(ServerFrameParser.TryParse(output.WrittenSpan, out var frame));
            Assert.True(frame is { Kind: FrameKind.Error, IsDone: true } && frame.ContextId.SequenceEqual("up-0001"u8));
            Assert.Equal(error, frame.ToError());
        }
    }
}
