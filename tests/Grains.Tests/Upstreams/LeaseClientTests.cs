using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

public sealed class LeaseClientTests
{
    private static readonly Guid Epoch = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly LeaseClient _client;

    public LeaseClientTests() => _client = new LeaseClient("one", TimeSpan.MaxValue, _time);

    [Fact]
    public void Want_Again_IsTheSameWish()
    {
        var waiter = NewWaiter();

        Assert.Same(_client.Request(waiter), _client.Request(waiter));
        Assert.Single(Claim(0).Requests);
    }

    [Fact]
    public void Claim_HasWhoCameFirstFirst()
    {
        string[] tenants = ["c", "a", "b"];
        foreach (var tenant in tenants)
        {
            _client.Request(NewWaiter(tenant));
        }

        Assert.Equal(tenants, Claim(0).Requests.Select(request => request.Tenant));
    }

    [Fact]
    public void HasNews_AWishOrOneLess_UntilItIsSaid()
    {
        var (used, dropped) = (NewWaiter(), NewWaiter());
        Assert.False(_client.HasNews);
        _client.Request(used);
        _client.Request(dropped);
        Assert.True(_client.HasNews);
        Claim(0);
        Assert.False(_client.HasNews);

        // In use instead of granted: the count is the same.
        _client.Use(used);
        Assert.False(_client.HasNews);

        _client.Drop(dropped);
        Assert.True(_client.HasNews);
        Claim(1);
        _client.Drop(dropped);
        Assert.False(_client.HasNews);
    }

    [Fact]
    public void Take_GrantsSomeAndTheOthersAreInLine()
    {
        Meet();
        var (first, second) = (_client.Request(NewWaiter()), _client.Request(NewWaiter()));
        var claim = Claim(0);
        var late = _client.Request(NewWaiter());

        Take(claim, new LeaseAnswer(Epoch, [first.Number], IsSettled: true));

        Assert.Equal([LeaseState.Granted, LeaseState.InLine, LeaseState.Asked], new[] { first, second, late }.Select(request => request.State));
    }

    [Fact]
    public void Take_NotSettled_LeavesItOpen()
    {
        Meet();
        var request = _client.Request(NewWaiter());

        Take(Claim(0), new LeaseAnswer(Epoch, [], IsSettled: false));

        Assert.Equal(LeaseState.Asked, request.State);
    }

    [Fact]
    public void Grant_OfWhatWasDroppedAndWantedAgain_IsNotTaken()
    {
        Meet();
        var waiter = NewWaiter();
        var before = _client.Request(waiter);
        _client.Drop(waiter);
        var after = _client.Request(waiter);

        _client.Grant(Epoch, [before.Number]);

        Assert.Equal(LeaseState.Asked, after.State);
    }

    [Fact]
    public void Take_FromANewLifeOfTheGrain_AsksAgainAndTakesNothingOfTheOneBefore()
    {
        Meet();
        var (granted, waiting) = (_client.Request(NewWaiter()), _client.Request(NewWaiter()));
        var before = Claim(0);
        _client.Grant(Epoch, [granted.Number]);
        var next = Guid.NewGuid();

        Take(Claim(0), new LeaseAnswer(next, [], IsSettled: false));
        Take(before, new LeaseAnswer(Epoch, [granted.Number, waiting.Number], IsSettled: true));
        _client.Grant(Epoch, [waiting.Number]);

        Assert.Equal([LeaseState.Asked, LeaseState.Asked], new[] { granted, waiting }.Select(request => request.State));
        Assert.True(_client.HasNews);
        Assert.Equal(next, Claim(0).Epoch);
        _client.Grant(next, [waiting.Number]);
        Assert.Equal(LeaseState.Granted, waiting.State);
    }

    [Fact]
    public void Free_WhileTheGrainIsHeard_TheLeaseIsGivenBack()
    {
        Meet();
        var request = _client.Request(NewWaiter());
        _client.Free(1);

        Assert.Equal(LeaseState.Asked, _client.StateOf(request));
        Assert.Equal(2, Claim(2).Held);
    }

    [Fact]
    public void Free_WhileTheGrainIsNotHeard_TheLeaseStaysForTheNextOneHere()
    {
        Meet();
        var (first, second) = (NewWaiter(), NewWaiter());
        var requests = new[] { _client.Request(first), _client.Request(second) };
        _time.Advance(UpstreamLease.Renewal * 4);
        _client.Free(1);

        Assert.All(requests, request => Assert.Equal(LeaseState.Granted, _client.StateOf(request)));
        Assert.Equal(3, Claim(2).Held);
        _client.Use(first);
        Assert.Equal(LeaseState.Asked, _client.StateOf(requests[1]));
        Assert.Equal(3, Claim(3).Held);
    }

    [Fact]
    public void Free_NotHeardForTheLengthOfALease_OthersMayHaveIt()
    {
        Meet();
        var request = _client.Request(NewWaiter());
        _time.Advance(UpstreamLease.Length);
        _client.Free(1);

        Assert.Equal(LeaseState.Asked, _client.StateOf(request));
    }

    [Fact]
    public void Claim_NobodyWaitsForWhatWasKept_GivesItBack()
    {
        Meet();
        var waiter = NewWaiter();
        _client.Request(waiter);
        _time.Advance(UpstreamLease.Renewal * 4);
        _client.Free(1);
        _client.Drop(waiter);

        Assert.Equal(2, Claim(2).Held);
    }

    [Fact]
    public void Take_TheGrainIsBack_WhatWasKeptIsGivenBack()
    {
        Meet();
        var request = _client.Request(NewWaiter());
        _time.Advance(UpstreamLease.Renewal * 4);
        _client.Free(1);
        var claim = Claim(2);

        Take(claim, new LeaseAnswer(Epoch, [], IsSettled: true));

        Assert.Equal(LeaseState.InLine, _client.StateOf(request));
        Assert.True(_client.HasNews);
        Assert.Equal(2, Claim(2).Held);
    }

    [Fact]
    public void Claim_SaysWhoseTheyAreAndHowUrgent()
    {
        _client.Request(new Waiter("bolt", PriorityClass.Batch));

        var claim = Claim(2);

        Assert.Equal([new HeldLeases("acme", 2)], claim.HeldByTenant);
        Assert.Equal([new LeaseRequest(1, "bolt", PriorityClass.Batch)], claim.Requests);
    }

    /// <summary>A process that stood still has its leases on record; others have them.</summary>
    [Fact]
    public void StateOf_GrantedAndTheTermHasPassed_HasNoLease()
    {
        Meet();
        var request = _client.Request(NewWaiter());
        Take(Claim(0), new LeaseAnswer(Epoch, [request.Number], IsSettled: true));
        Assert.Equal((true, LeaseState.Granted), (_client.IsInTerm, _client.StateOf(request)));

        _time.Advance(UpstreamLease.Length);

        Assert.Equal((false, LeaseState.Asked), (_client.IsInTerm, _client.StateOf(request)));
    }

    [Fact]
    public void TryLapse_WhatWasGrantedBefore_CountsForNothingAfterwards()
    {
        Meet();
        var request = _client.Request(NewWaiter());
        var number = request.Number;
        Assert.False(_client.TryLapse());
        _time.Advance(UpstreamLease.Length);
        Assert.Equal((true, false), (_client.TryLapse(), _client.TryLapse()));

        // The grant was on its way while the process stood still.
        Take(Claim(0), new LeaseAnswer(Epoch, [], IsSettled: true));
        _client.Grant(Epoch, [number]);

        Assert.Equal((true, LeaseState.InLine), (_client.IsInTerm, _client.StateOf(request)));
        _client.Grant(Epoch, [request.Number]);
        Assert.Equal(LeaseState.Granted, _client.StateOf(request));
    }

    [Fact]
    public void Beat_AfterAStandstill_EndsTheLeasesUntilTheNextAnswer()
    {
        var client = new LeaseClient("one", TimeSpan.FromSeconds(3), _time);
        void Answer() => client.Take(client.Claim([]), _time.GetTimestamp(), new LeaseAnswer(Epoch, [], IsSettled: true));
        Answer();
        _time.Advance(TimeSpan.FromSeconds(2));
        client.Beat();
        var late = (Claim: client.Claim([]), At: _time.GetTimestamp());
        Assert.True(client.IsInTerm);

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.False(client.IsInTerm);
        client.Beat();
        Assert.Equal((false, true), (client.IsInTerm, client.TryLapse()));

        // It was on its way before.
        client.Take(late.Claim, late.At, new LeaseAnswer(Epoch, [], IsSettled: true));
        Assert.False(client.IsInTerm);

        Answer();
        Assert.True(client.IsInTerm);
    }

    // Gets to know the grain.
    private void Meet() => Take(Claim(0), new LeaseAnswer(Epoch, [], IsSettled: false));

    private LeaseClaim Claim(int held) => _client.Claim(held == 0 ? [] : [new HeldLeases("acme", held)]);

    private void Take(LeaseClaim claim, LeaseAnswer answer) => _client.Take(claim, _time.GetTimestamp(), answer);

    private static Waiter NewWaiter(string tenant = "acme") => new(tenant);
}
