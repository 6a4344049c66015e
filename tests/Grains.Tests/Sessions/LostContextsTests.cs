using TtsGrains.Grains.Sessions;
using Xunit;

namespace TtsGrains.Grains.Tests.Sessions;

public sealed class LostContextsTests
{
    private readonly LostContexts _lost = new();

    [Fact]
    public void MissingContext_WithoutAnOwner_IsLost() => Assert.True(_lost.IsLost("a", isThere: false, mayHaveOwner: false));

    [Fact]
    public void MissingContext_OfAnOwner_IsLostWhenItIsMissingAgain()
    {
        Assert.False(_lost.IsLost("a", isThere: false, mayHaveOwner: true));
        Assert.False(_lost.IsLost("b", isThere: false, mayHaveOwner: true));
        Assert.True(_lost.IsLost("a", isThere: false, mayHaveOwner: true));
    }

    [Fact]
    public void RestoredContext_IsNotLost_AndMayBeMissingOnceMore()
    {
        Assert.False(_lost.IsLost("a", isThere: false, mayHaveOwner: true));
        Assert.False(_lost.IsLost("a", isThere: true, mayHaveOwner: true));
        Assert.False(_lost.IsLost("a", isThere: false, mayHaveOwner: true));
    }
}
