using System.Buffers;
using System.Text;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Protocol.Tests.Frames;

public sealed class TimestampsReaderTests
{
    [Theory]
    [InlineData(FrameKind.Timestamps)]
    [InlineData(FrameKind.PhonemeTimestamps)]
    public void TryRead_WhatTheWriterWrote_IsTheSame(FrameKind kind)
    {
        TimedText[] items = [new("one,", 0.25, 0.5), new("zw\u00f6lf", 0.5, 1)];
        var output = new ArrayBufferWriter<byte>();
        TimestampsWriter.Write(output, kind, items);
        var read = new List<TimedText>();

        Assert.True(TimestampsReader.TryRead(output.WrittenSpan, kind, read));
        Assert.Equal(items, read);
    }

    [Fact]
    public void TryRead_MembersOfNewerVersionsAndAListThatIsLonger_AreLeftOut()
    {
        var read = new List<TimedText>();

        Assert.True(TimestampsReader.TryRead("""{"extra":{"start":[9]},"words":["a","b"],"start":[0,1],"end":[1]}"""u8, FrameKind.Timestamps, read));
        Assert.Equal([new TimedText("a", 0, 1)], read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"words":null,"start":[0],"end":[1]}""")]
    [InlineData("""{"words":["a"],"start":["0"],"end":[1]}""")]
    [InlineData("""{"words":["\ud800"],"start":[0],"end":[1]}""")]
    [InlineData("""{"words":["a"],"start":[1e999],"end":[1]}""")]
    [InlineData("""{"words":["a"],"start":[0],"end":[1""")]
    public void TryRead_WhatHasNotThatForm_AddsNothing(string json)
    {
        var read = new List<TimedText>();

        Assert.False(TimestampsReader.TryRead(Encoding.UTF8.GetBytes(json), FrameKind.Timestamps, read));
        Assert.Empty(read);
    }
}
