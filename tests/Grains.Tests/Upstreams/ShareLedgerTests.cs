using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

/// <summary>An upstream whose tenants always want more: who has how many after a while, and who comes next.</summary>
public sealed class ShareLedgerTests
{
    private readonly Shares _shares = [];
    private readonly Dictionary<string, int> _taken = [];

    [Theory]
    [InlineData(8, 2, 6)]
    [InlineData(4, 1, 3)]
    [InlineData(100, 25, 75)]
    public void Weights_OneToThree_ShareTheUpstreamByThem(int most, int light, int heavy)
    {
        _shares["heavy"] = new TenantShare(Weight: 3, Reserved: 0, Burst: 1_000);
        Fill(most, "light");
        Assert.Equal(most, _taken["light"]);

        // All are busy: each that ends makes room for one.
        for (var i = 0; i < 4 * most; i++)
        {
            End("light", "heavy");
            Fill(most, "light", "heavy");
        }

        Assert.Equal((light, heavy), (_taken["light"], _taken["heavy"]));
    }

    [Fact]
    public void Greedy_HasAll_EachThatEndsGoesToTheQuietOneUpToItsShare()
    {
        Fill(20, "greedy");
        for (var i = 0; i < 12; i++)
        {
            _taken["greedy"]--;
            Fill(20, "greedy", "quiet");
        }

        Assert.Equal((10, 10), (_taken["greedy"], _taken["quiet"]));
    }

    [Fact]
    public void ManyTenants_WithOnePlace_AreServedInTurns()
    {
        var queue = new FairQueue<string>(tenant => _shares.Of(tenant).Weight);
        foreach (var tenant in (string[])["a", "a", "a", "b", "c"])
        {
            queue.Add(tenant, PriorityClass.Live, tenant);
        }

        List<string> served = [];
        while (queue.Count > 0)
        {
            Assert.True(queue.TryTake(new ShareLedger(1, 0, [], queue.Tenants, _shares).RankOf, _ => true, out var next));
            served.Add(next);
        }

        Assert.Equal(["a", "b", "c", "a", "a"], served);
    }

    [Fact]
    public void Reserved_OfASilentTenant_StaysFree()
    {
        _shares["quiet"] = new TenantShare(Weight: 1, Reserved: 3, Burst: 10);

        Fill(10, "greedy");
        Assert.Equal(7, _taken["greedy"]);

        Fill(10, "greedy", "quiet");
        Assert.Equal((7, 3), (_taken["greedy"], _taken["quiet"]));
    }

    [Fact]
    public void Reserved_IsNotMoreThanTheBurst()
    {
        _shares["quiet"] = new TenantShare(Weight: 1, Reserved: 3, Burst: 2);

        Fill(10, "greedy");

        Assert.Equal(8, _taken["greedy"]);
    }

    [Fact]
    public void Reserved_ComesBeforeWeight()
    {
        _shares["small"] = new TenantShare(Weight: 1, Reserved: 2, Burst: 10);
        _shares["big"] = new TenantShare(Weight: 100, Reserved: 0, Burst: 10);
        _taken["small"] = 1;

        Assert.True(Rank(10, "small") < Rank(10, "big"), "small first");
    }

    [Fact]
    public void Burst_IsTheMostThoughAllElseIsFree()
    {
        _shares["bursty"] = new TenantShare(Weight: 5, Reserved: 0, Burst: 4);

        Fill(10, "bursty");

        Assert.Equal(4, _taken["bursty"]);
        Assert.Null(Ledger(10, "bursty").RankOf("bursty", PriorityClass.Live));
    }

    [Fact]
    public void Burst_HoldsWithoutALimitOfTheUpstream()
    {
        _shares["bursty"] = new TenantShare(Weight: 1, Reserved: 0, Burst: 2);
        _taken["bursty"] = 2;

        Assert.Null(Ledger(0, "bursty").RankOf("bursty", PriorityClass.Live));
        Assert.NotNull(Ledger(0, "bursty", "other").RankOf("other", PriorityClass.Live));
    }

    /// <summary>Within its own share a tenant's batch is not put behind others' live speech; of what is free beyond the shares it is.</summary>
    [Fact]
    public void Priority_CountsInTheFreePartOnly()
    {
        (_taken["a"], _taken["b"], _taken["idle"]) = (1, 0, 1);
        var own = Ledger(9, "a", "b");
        Assert.Equal(own.RankOf("b", PriorityClass.Batch), own.RankOf("b", PriorityClass.Live));

        (_taken["a"], _taken["b"]) = (3, 4);
        var free = Ledger(9, "a", "b");
        Assert.True(free.RankOf("b", PriorityClass.Live) is { Part: SharePart.Free } live && live.CompareTo(free.RankOf("a", PriorityClass.Batch)!.Value) < 0);
        Assert.True(free.RankOf("a", PriorityClass.Live)!.Value.CompareTo(free.RankOf("b", PriorityClass.Live)!.Value) < 0);
    }

    [Fact]
    public void Full_NoOneHasARank()
    {
        _shares["quiet"] = new TenantShare(Weight: 1, Reserved: 1, Burst: 10);
        _taken["greedy"] = 3;

        // One more is held, by a silo that does not say whose it is.
        Assert.Null(new ShareLedger(4, 4, new(_taken), ["quiet"], _shares).RankOf("quiet", PriorityClass.Live));
    }

    private double Rank(int most, string tenant)
    {
        var rank = Ledger(most, [.. _taken.Keys, "small", "big"]).RankOf(tenant, PriorityClass.Live)!.Value;
        return (10_000 * (int)rank.Part) + rank.Use;
    }

    private ShareLedger Ledger(int most, params string[] waiting) => new(most, _taken.Values.Sum(), new(_taken), waiting, _shares);

    // One of each tenant in turn comes to its end.
    private void End(params string[] tenants)
    {
        foreach (var tenant in tenants.Where(tenant => _taken.GetValueOrDefault(tenant) > 0))
        {
            _taken[tenant]--;
        }
    }

    private void Fill(int most, params string[] greedy)
    {
        var ledger = Ledger(most, greedy);
        while (greedy.Select(tenant => (tenant, rank: ledger.RankOf(tenant, PriorityClass.Live))).Where(next => next.rank is not null).OrderBy(next => next.rank!.Value).ToList()
            is [var (tenant, _), ..])
        {
            ledger.Take(tenant);
            _taken[tenant] = _taken.GetValueOrDefault(tenant) + 1;
        }
    }
}
