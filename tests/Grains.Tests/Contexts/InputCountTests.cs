using TtsGrains.Grains.Contexts.Lifecycle;
using Xunit;

namespace TtsGrains.Grains.Tests.Contexts;

public sealed class InputCountTests
{
    private readonly InputSequence _inputs = new();

    [Fact]
    public void Take_InOrder_TakesEach()
    {
        Assert.Equal([InputOrder.Next, InputOrder.Next, InputOrder.Next], Take(0, 1, 2));
        Assert.Equal(3, _inputs.Taken);
    }

    [Fact]
    public void Take_Again_IsARepeatAndCountsOnce()
    {
        Assert.Equal([InputOrder.Next, InputOrder.Next, InputOrder.Repeat, InputOrder.Repeat, InputOrder.Next], Take(0, 1, 0, 1, 2));
        Assert.Equal(3, _inputs.Taken);
    }

    [Fact]
    public void Take_WithoutANumber_IsTheNextOne()
    {
        Assert.Equal([InputOrder.Next, InputOrder.Next, InputOrder.Repeat, InputOrder.Next, InputOrder.Next], Take(null, null, 1, 2, null));
        Assert.Equal(4, _inputs.Taken);
    }

    [Fact]
    public void Take_Ahead_IsNotTaken()
    {
        Assert.Equal([InputOrder.Next, InputOrder.Ahead, InputOrder.Ahead, InputOrder.Next], Take(0, 2, int.MaxValue, 1));
        Assert.Equal(2, _inputs.Taken);
    }

    private IEnumerable<InputOrder> Take(params int?[] numbers) => [.. numbers.Select(_inputs.Take)];
}
