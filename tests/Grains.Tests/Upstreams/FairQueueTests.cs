using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

public sealed class FairQueueTests
{
    private readonly Dictionary<string, int> _weights = [];
    private readonly FairQueue<string> _queue;

    public FairQueueTests() => _queue = new FairQueue<string>(tenant => _weights.GetValueOrDefault(tenant, 1));

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

    [Fact]
    public void TryTake_WeightsOneToThree_ServesThreeForOne()
    {
        _weights["heavy"] = 3;
        Add("light", [.. Enumerable.Range(0, 40).Select(i => $"light{i}")]);
        Add("heavy", [.. Enumerable.Range(0, 40).Select(i => $"heavy{i}")]);

        var first = TakeAll(_ => true).Take(40).ToList();

        Assert.Equal(30, first.Count(item => item.StartsWith("heavy", StringComparison.Ordinal)));
        Assert.All(first.Chunk(4), turn => Assert.Contains(turn, item => item.StartsWith("light", StringComparison.Ordinal)));
    }

    /// <summary>Coming back again and again, always with one, is not a way to be served before those with many.</summary>
    [Fact]
    public void TryTake_OneThatComesBackAtOnce_DoesNotStarveTheOthers()
    {
        Add("patient", "patient0", "patient1", "patient2", "patient3");
        Add("eager", "eager");
        List<string> taken = [];
        while (_queue.Count > 1 && _queue.TryTake(_ => true, out var item))
        {
            taken.Add(item);
            if (item == "eager")
            {
                Add("eager", "eager");
            }
        }

        Assert.Equal(["patient0", "eager", "patient1", "eager", "patient2", "eager", "patient3"], taken);
    }

    [Fact]
    public void TryTake_LateComer_IsNotServedForTheTimeBefore()
    {
        Add("early", [.. Enumerable.Range(0, 20).Select(i => $"early{i}")]);
        for (var i = 0; i < 10; i++)
        {
            Assert.True(_queue.TryTake(_ => true, out _));
        }

        Add("late", [.. Enumerable.Range(0, 10).Select(i => $"late{i}")]);

        Assert.Equal(2, TakeAll(_ => true).Take(4).Count(item => item.StartsWith("late", StringComparison.Ordinal)));
    }

    [Fact]
    public void TryTake_OfOneTenant_LiveBeforeCallbackBeforeBatch()
    {
        _queue.Add("a", PriorityClass.Batch, "batch");
        _queue.Add("a", PriorityClass.Callback, "callback");
        _queue.Add("a", PriorityClass.Live, "live1");
        _queue.Add("a", PriorityClass.Live, "live2");
        _queue.Add("b", PriorityClass.Batch, "other");

        Assert.Equal(["live1", "other", "live2", "callback", "batch"], TakeAll(_ => true));
    }

    [Fact]
    public void TryTake_ByRank_TheTurnDecidesAmongEquals()
    {
        Add("a", "a1", "a2");
        Add("b", "b1", "b2");
        Add("c", "c1");
        ShareRank? RankOf(string tenant, PriorityClass _) => tenant == "c" ? null : new ShareRank(tenant == "b" ? SharePart.Reserved : SharePart.Own, PriorityClass.None, 0);

        List<string> taken = [];
        while (_queue.TryTake(RankOf, _ => true, out var item))
        {
            taken.Add(item);
        }

        Assert.Equal(["b1", "b2", "a1", "a2"], taken);
        Assert.Equal(["c"], _queue.Tenants);
    }

    private void Add(string tenant, params string[] items)
    {
        foreach (var item in items)
        {
            _queue.Add(tenant, PriorityClass.Live, item);
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
