using System.Buffers;
using System.Text;
using System.Text.Json;
using TtsGrains.Grains.Contexts.Attempts;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class TimestampRebaseTests
{
    [Fact]
    public void Write_Words_MovesEveryTimeAndNothingElse()
        => Assert.Equal(
            """{"words":["one","2"],"start":[1.5,1.75],"end":[1.7,2]}""",
            Rebase("""{"words":["one","2"],"start":[0.0,0.25],"end":[0.2,0.5]}""", 1.5));

    [Fact]
    public void Write_Phonemes_KeepsTheirSigns()
    {
        var moved = JsonDocument.Parse(Rebase("""{"phonemes":["\u0259","\u02c8"],"start":[0,0.1],"end":[0.1,0.2]}""", 1)).RootElement;

        Assert.Equal("\u0259", moved.GetProperty("phonemes")[0].GetString());
        Assert.Equal(1.1, moved.GetProperty("start")[1].GetDouble());
    }

    [Fact]
    public void Write_NullsAndMembersOfNewerVersions_KeepsThem()
        => Assert.Equal(
            """{"words":null,"start":[],"extra":{"why":"later","times":[3]}}""",
            Rebase("""{ "words": null, "start": [], "extra": {"why": "later", "times": [1]} }""", 2));

    /// <summary>Both once ended the loop that reads the socket, and with it every context on it.</summary>
    [Theory]
    [InlineData("""{"words":["\ud800"],"start":[0],"end":[1]}""")]
    [InlineData("""{"words":["a"],"start":[1e999],"end":[1]}""")]
    public void TryWrite_WhatCannotBeWrittenAgain_SaysSo(string timestamps)
        => Assert.False(TimestampRebase.TryWrite(new ArrayBufferWriter<byte>(), Encoding.UTF8.GetBytes(timestamps), 1));

    private static string Rebase(string timestamps, double seconds)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(TimestampRebase.TryWrite(output, Encoding.UTF8.GetBytes(timestamps), seconds));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
