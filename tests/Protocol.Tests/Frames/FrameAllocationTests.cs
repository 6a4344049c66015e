using System.Text;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Protocol.Tests.Frames;

public sealed class FrameAllocationTests
{
    private readonly ServerFrameWriter _writer = new("c1", ApiVersion.Newest);
    private readonly byte[] _buffer = new byte[32_000];
    private readonly byte[] _audio = new byte[6_000];

    private readonly byte[] _chunk = Encoding.UTF8.GetBytes(
        $$"""{"type":"chunk","context_id":"up-1","status_code":206,"done":false,"x":{"y":[1,"z"]},"data":"{{new string('A', 16_000)}}","step_time":4.5,"flush_id":1}""");

    private readonly byte[] _words = Encoding.UTF8.GetBytes(
        """{"type":"timestamps","context_id":"up-1","status_code":206,"done":false,"word_timestamps":{"words":["a"],"start":[0],"end":[1]}}""");

    [Fact]
    public void AChunkOrWords_ParsedAndWritten_AllocatesNothing()
    {
        Assert.True(PassOn() > 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            PassOn();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private int PassOn()
    {
        if (!ServerFrameParser.TryParse(_chunk, out var chunk) || !ServerFrameParser.TryParse(_words, out var words))
        {
            return 0;
        }

        return _writer.WriteChunk(_buffer, chunk.Data, chunk.StepTime, 1, out _)
            + _writer.WriteChunk(_buffer, _audio, 12.5, 1)
            + _writer.WriteTimestamps(_buffer, words.Kind, words.Timestamps, 1)
            + _writer.WriteFlushDone(_buffer, 1)
            + _writer.WriteDone(_buffer);
    }
}
