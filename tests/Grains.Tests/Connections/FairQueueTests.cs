using TtsGrains.Grains.Connections;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

public sealed class FairQueueTests
{
    private readonly FairQueue<string> _queue = new();

    [Fact]
    public void TryTake_SeveralTenants_TakeTurns()
    {
        Add("a", "a1", "a2", "a3");
        Add("b", "b1");
        Add("c", "c1", "c2");

        Assert.Equal(["a1", "b1", "c1", "a2", "c2", "a3"], TakeAll(_ => true));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void TryTake_OneThatCannotBeServed_IsPassedOverAndKeepsItsPlace()
    {
        Add("a", "a1", "a2");
        Add("b", "b1");

        Assert.Equal(["a2", "b1"], TakeAll(item => item != "a1"));
        Assert.Equal(["a1"], TakeAll(_ => true));
    }

    [Fact]
    public void Remove_WhoLeaves_IsNotServed()
    {
        Add("a", "a1");
        Add("b", "b1", "b2");

        Assert.True(_queue.Remove("b1"));
        Assert.False(_queue.Remove("b1"));
        Assert.True(_queue.Remove("a1"));
        Assert.Equal(["b2"], _queue.All);
        Assert.Equal(["b2"], TakeAll(_ => true));
    }

    private void Add(string tenant, params string[] items)
    {
        foreach (var item in items)
        {
            _queue.Add(tenant, item);
        }
    }

    private List<string> TakeAll(Func<string, bool> canServe)
    {
        var taken = new List<string>();
        while (_queue.TryTake(canServe, out var item))
        {
            taken.Add(item);
        }

        return taken;
    }
}
