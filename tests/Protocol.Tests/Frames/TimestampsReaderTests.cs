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
    [InlineData("""{"words":["a"],"start":["0.25"],"end":[" 1 "]}""", "a")]
    [InlineData("""{"words":["a"],"start":["25e-2"],"end":["1.0"]}""", "a")]
    [InlineData("""{"words":[7],"start":[0.25],"end":[1]}""", "7")]
    [InlineData("""{"words":["\ud800"],"start":[0.25],"end":[1]}""", "\uFFFD")]
    [InlineData("""{"words":["\ud83d\ude00\ud83d!"],"start":[0.25],"end":[1]}""", "\U0001F600\uFFFD!")]
    [InlineData("""{"words":["\"\n\ud800"],"start":[0.25],"end":[1]}""", "\"\n\uFFFD")]
    public void TryRead_FormsThatSendersUse_AreUnderstood(string json, string text)
    {
        var read = new List<TimedText>();

        Assert.True(TimestampsReader.TryRead(Encoding.UTF8.GetBytes(json), FrameKind.Timestamps, read));
        Assert.Equal([new TimedText(text, 0.25, 1)], read);
        Assert.False(TimestampsReader.IsStrict(Encoding.UTF8.GetBytes(json), FrameKind.Timestamps));
    }

    [Fact]
    public void TryRead_TextThatIsNoUtf8_IsReadAsFarAsPossible()
    {
        byte[] json = [.. "{\"words\":[\"a"u8, 0xC3, .. "\"],\"start\":[0],\"end\":[1]}"u8];
        var read = new List<TimedText>();

        Assert.True(TimestampsReader.TryRead(json, FrameKind.Timestamps, read));
        Assert.Equal([new TimedText("a\uFFFD", 0, 1)], read);
        Assert.False(TimestampsReader.IsStrict(json, FrameKind.Timestamps));
    }

    [Theory]
    [InlineData("""{"words":["a","b"],"start":[0,1],"end":[1,2.5]}""", true)]
    [InlineData("""{ "end" : [1] , "start" : [0] , "words" : ["zwölf"] }""", true)]
    [InlineData("""{"words":["a","b"],"start":[0,1],"end":[1]}""", false)]
    [InlineData("""{"words":["a"],"start":[0],"end":[1],"extra":1}""", false)]
    [InlineData("""{"words":["a"],"start":[1e999],"end":[1]}""", false)]
    [InlineData("{\"words\":[\"a\"],\n\"start\":[0],\"end\":[1]}", false)]
    [InlineData("""{"words":[],"start":[],"end":[]}""", false)]
    public void IsStrict_OnlyWhatCanBePassedOn(string json, bool isStrict)
        => Assert.Equal(isStrict, TimestampsReader.IsStrict(Encoding.UTF8.GetBytes(json), FrameKind.Timestamps));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"words":null,"start":[0],"end":[1]}""")]
    [InlineData("""{"words":["a"],"start":["zero"],"end":[1]}""")]
    [InlineData("""{"words":["a"],"start":["NaN"],"end":[1]}""")]
    [InlineData("""{"words":["a"],"start":[null],"end":[1]}""")]
    [InlineData("""{"words":[{"a":1}],"start":[0],"end":[1]}""")]
    [InlineData("""{"words":["a"],"start":[1e999],"end":[1]}""")]
    [InlineData("""{"words":["a"],"start":[0],"end":[1""")]
    public void TryRead_WhatHasNotThatForm_AddsNothing(string json)
    {
        var read = new List<TimedText>();

        Assert.False(TimestampsReader.TryRead(Encoding.UTF8.GetBytes(json), FrameKind.Timestamps, read));
        Assert.Empty(read);
    }
}
