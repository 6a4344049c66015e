using System.Buffers;
using System.Text;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Protocol.Tests.Frames;

public sealed class TimestampsWriterTests
{
    [Theory]
    [InlineData(FrameKind.Timestamps, "words")]
    [InlineData(FrameKind.PhonemeTimestamps, "phonemes")]
    public void Write_Items_GivesThreeListsOfOneLength(FrameKind kind, string name)
    {
        var output = new ArrayBufferWriter<byte>();

        TimestampsWriter.Write(output, kind, [new("Sag", 0, 0.28), new("\"ja\",", 0.310000001, 1.0 / 3)]);

        Assert.Equal($$"""{"{{name}}":["Sag","\"ja\","],"start":[0,0.31],"end":[0.28,0.3333]}""", Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
