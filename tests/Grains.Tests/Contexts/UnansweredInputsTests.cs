using TtsGrains.Grains.Contexts;
using Xunit;
using static TtsGrains.Grains.Tests.Contexts.Pushes;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class UnansweredInputsTests
{
    private readonly UnansweredInputs _inputs = new();

    [Fact]
    public void Take_NothingHeardSince_GivesAllInOrder()
    {
        _inputs.Add(Text("a"), 3);
        _inputs.Add(Text("b"), 3);

        Assert.Equal([Text("a"), Text("b")], _inputs.Take(3));
    }

    [Fact]
    public void Take_AudioSince_GivesNothing()
    {
        _inputs.Add(Text("a"), 3);

        Assert.Empty(_inputs.Take(4));
    }

    [Fact]
    public void Take_AudioBetween_GivesOnlyWhatCameAfterIt()
    {
        _inputs.Add(Text("a"), 3);
        _inputs.Add(Text("b"), 4);

        Assert.Equal([Text("b")], _inputs.Take(4));
    }

    [Fact]
    public void Take_Twice_GivesNothingTheSecondTime()
    {
        _inputs.Add(Text("a"), 0);
        _inputs.Take(0);

        Assert.Empty(_inputs.Take(0));
    }

    /// <summary>What was sent again and came back unspoken once more would otherwise travel for ever.</summary>
    [Fact]
    public void Take_WhatWasResent_GivesOnlyTheNew()
    {
        _inputs.Add(Text("again"), 0, isResent: true);
        _inputs.Add(Text("new"), 0);

        Assert.Equal([Text("new")], _inputs.Take(0));
    }

    [Fact]
    public void TakeAll_WhatWasResent_GivesItToo()
    {
        _inputs.Add(Text("again"), 0, isResent: true);
        _inputs.Add(Text("new"), 0);

        Assert.Equal([Text("again"), Text("new")], _inputs.TakeAll(0));
        Assert.Empty(_inputs.TakeAll(0));
    }
}
