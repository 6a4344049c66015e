using System.Text;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Lifecycle;
using Xunit;
using static TtsGrains.Grains.Tests.Contexts.Pushes;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class PendingInputsTests
{
    private readonly PendingInputs _pending = new();

    [Fact]
    public void Finish_Segments_ForgetsThemAndKeepsTheRest()
    {
        _pending.Add(Text("one "), 0);
        _pending.Add(Text("", flush: true), 0);
        _pending.Add(Text("two ", flush: true), 3);
        _pending.Add(Text("three"), 4);

        _pending.Finish(2);
        Assert.Equal([Text("two ", flush: true), Text("three")], _pending.Inputs);

        _pending.Finish(3);
        Assert.Equal([Text("three")], _pending.Inputs);
    }

    [Fact]
    public void Finish_BeyondWhatWasPushed_ForgetsAll()
    {
        _pending.Add(Text("one"), 0);

        _pending.Finish(5);

        Assert.Empty(_pending.Inputs);
    }

    [Fact]
    public void Answer_NothingHeardSince_LeavesAll()
    {
        _pending.Add(Text("a"), 3);
        _pending.Add(Text("b"), 3);

        _pending.Answer(chunks: 3, offset: 9);

        Assert.Equal([Text("a"), Text("b")], _pending.Inputs);
        Assert.Equal(9, _pending.From);
    }

    [Fact]
    public void Answer_AudioSince_LeavesOnlyWhatCameAfterIt()
    {
        _pending.Add(Text("a"), 3);
        _pending.Add(Text("b"), 4);

        _pending.Answer(chunks: 4, offset: 9);

        Assert.Equal([Text("b")], _pending.Inputs);
    }

    [Fact]
    public void Answer_AFlushThatWasNotReported_IsKeptWithoutItsText()
    {
        _pending.Add(Text("a", flush: true), 0);
        _pending.Add(Text("b"), 1);

        _pending.Answer(chunks: 1, offset: 1);

        Assert.Equal([Text("", flush: true), Text("b")], _pending.Inputs);
    }

    /// <summary>What was sent again and came back unspoken once more would otherwise be sent without end.</summary>
    [Fact]
    public void Answer_WhatWasResent_LeavesOnlyTheNew()
    {
        _pending.Add(Text("again"), 0);
        _pending.NoteResent(0);
        _pending.Add(Text("new"), 0);

        _pending.Answer(chunks: 0, offset: 0);

        Assert.Equal([Text("new")], _pending.Inputs);
    }

    [Fact]
    public void Config_IsWhatHoldsAfterAllThatWasSet()
    {
        _pending.Add(Text("a", flush: true) with { GenerationConfig = """{"speed":1.5,"volume":1}"""u8.ToArray() }, 0);
        _pending.Add(Text("b") with { GenerationConfig = """{"volume":2}"""u8.ToArray() }, 0);
        _pending.Finish(2);

        Assert.Equal("""{"speed":1.5,"volume":1}""", Encoding.UTF8.GetString(_pending.ConfigBefore!));
        Assert.Equal("""{"speed":1.5,"volume":2}""", Encoding.UTF8.GetString(_pending.Config!));
    }

    [Theory]
    [InlineData(null, "{}", "{}")]
    [InlineData("{\"a\":1}", null, "{\"a\":1}")]
    [InlineData("{\"a\":1}", "null", "null")]
    [InlineData("{\"a\":1}", "{\"b\":[2]}", "{\"a\":1,\"b\":[2]}")]
    [InlineData("nonsense", "{\"b\":2}", "{\"b\":2}")]
    public void Merge_LaterMembersWin(string? before, string? change, string merged)
        => Assert.Equal(
            merged,
            Encoding.UTF8.GetString(GenerationConfigs.Merge(before is null ? null : Encoding.UTF8.GetBytes(before), change is null ? null : Encoding.UTF8.GetBytes(change))!));
}
