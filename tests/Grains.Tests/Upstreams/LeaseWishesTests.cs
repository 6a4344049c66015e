using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

public sealed class LeaseWishesTests
{
    private static readonly Guid Epoch = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly LeaseWishes _wishes;

    public LeaseWishesTests() => _wishes = new LeaseWishes("one", _time);

    [Fact]
    public void Want_Again_IsTheSameWish()
    {
        var ticket = Ticket();

        Assert.Same(_wishes.Want(ticket), _wishes.Want(ticket));
        Assert.Single(_wishes.Claim(held: 0).Wishes);
    }

    [Fact]
    public void Claim_HasWhoCameFirstFirst()
    {
        string[] tenants = ["c", "a", "b"];
        foreach (var tenant in tenants)
        {
            _wishes.Want(Ticket(tenant));
        }

        Assert.Equal(tenants, _wishes.Claim(held: 0).Wishes.Select(wish => wish.Tenant));
    }

    [Fact]
    public void HasNews_AWishOrOneLess_UntilItIsSaid()
    {
        var (used, dropped) = (Ticket(), Ticket());
        Assert.False(_wishes.HasNews);
        _wishes.Want(used);
        _wishes.Want(dropped);
        Assert.True(_wishes.HasNews);
        _wishes.Claim(held: 0);
        Assert.False(_wishes.HasNews);

        // In use instead of granted: the count is the same.
        _wishes.Use(used);
        Assert.False(_wishes.HasNews);

        _wishes.Drop(dropped);
        Assert.True(_wishes.HasNews);
        _wishes.Claim(held: 1);
        _wishes.Drop(dropped);
        Assert.False(_wishes.HasNews);
    }

    [Fact]
    public void Take_GrantsSomeAndTheOthersAreInLine()
    {
        Meet();
        var (first, second) = (_wishes.Want(Ticket()), _wishes.Want(Ticket()));
        var claim = _wishes.Claim(held: 0);
        var late = _wishes.Want(Ticket());

        Take(claim, new LeaseAnswer(Epoch, [first.Number], IsSettled: true));

        Assert.Equal([LeaseState.Granted, LeaseState.InLine, LeaseState.Asked], new[] { first, second, late }.Select(wish => wish.State));
    }

    [Fact]
    public void Take_NotSettled_LeavesItOpen()
    {
        Meet();
        var wish = _wishes.Want(Ticket());

        Take(_wishes.Claim(held: 0), new LeaseAnswer(Epoch, [], IsSettled: false));

        Assert.Equal(LeaseState.Asked, wish.State);
    }

    [Fact]
    public void Grant_OfWhatWasDroppedAndWantedAgain_IsNotTaken()
    {
        Meet();
        var ticket = Ticket();
        var before = _wishes.Want(ticket);
        _wishes.Drop(ticket);
        var after = _wishes.Want(ticket);

        _wishes.Grant(Epoch, [before.Number]);

        Assert.Equal(LeaseState.Asked, after.State);
    }

    [Fact]
    public void Take_FromANewLifeOfTheGrain_AsksAgainAndTakesNothingOfTheOneBefore()
    {
        Meet();
        var (granted, waiting) = (_wishes.Want(Ticket()), _wishes.Want(Ticket()));
        var before = _wishes.Claim(held: 0);
        _wishes.Grant(Epoch, [granted.Number]);
        var next = Guid.NewGuid();

        Take(_wishes.Claim(held: 0), new LeaseAnswer(next, [], IsSettled: false));
        Take(before, new LeaseAnswer(Epoch, [granted.Number, waiting.Number], IsSettled: true));
        _wishes.Grant(Epoch, [waiting.Number]);

        Assert.Equal([LeaseState.Asked, LeaseState.Asked], new[] { granted, waiting }.Select(wish => wish.State));
        Assert.True(_wishes.HasNews);
        Assert.Equal(next, _wishes.Claim(held: 0).Epoch);
        _wishes.Grant(next, [waiting.Number]);
        Assert.Equal(LeaseState.Granted, waiting.State);
    }

    [Fact]
    public void Free_WhileTheGrainIsHeard_TheLeaseIsGivenBack()
    {
        Meet();
        var wish = _wishes.Want(Ticket());
        _wishes.Free(1);

        Assert.Equal(LeaseState.Asked, _wishes.StateOf(wish));
        Assert.Equal(2, _wishes.Claim(held: 2).Held);
    }

    [Fact]
    public void Free_WhileTheGrainIsNotHeard_TheLeaseStaysForTheNextOneHere()
    {
        Meet();
        var (first, second) = (Ticket(), Ticket());
        var wishes = new[] { _wishes.Want(first), _wishes.Want(second) };
        _time.Advance(UpstreamLease.Renewal * 4);
        _wishes.Free(1);

        Assert.All(wishes, wish => Assert.Equal(LeaseState.Granted, _wishes.StateOf(wish)));
        Assert.Equal(3, _wishes.Claim(held: 2).Held);
        _wishes.Use(first);
        Assert.Equal(LeaseState.Asked, _wishes.StateOf(wishes[1]));
        Assert.Equal(3, _wishes.Claim(held: 3).Held);
    }

    [Fact]
    public void Free_NotHeardForTheLengthOfALease_OthersMayHaveIt()
    {
        Meet();
        var wish = _wishes.Want(Ticket());
        _time.Advance(UpstreamLease.Length);
        _wishes.Free(1);

        Assert.Equal(LeaseState.Asked, _wishes.StateOf(wish));
    }

    [Fact]
    public void Claim_NobodyWaitsForWhatWasKept_GivesItBack()
    {
        Meet();
        var ticket = Ticket();
        _wishes.Want(ticket);
        _time.Advance(UpstreamLease.Renewal * 4);
        _wishes.Free(1);
        _wishes.Drop(ticket);

        Assert.Equal(2, _wishes.Claim(held: 2).Held);
    }

    [Fact]
    public void Take_TheGrainIsBack_WhatWasKeptIsGivenBack()
    {
        Meet();
        var wish = _wishes.Want(Ticket());
        _time.Advance(UpstreamLease.Renewal * 4);
        _wishes.Free(1);
        var claim = _wishes.Claim(held: 2);

        Take(claim, new LeaseAnswer(Epoch, [], IsSettled: true));

        Assert.Equal(LeaseState.InLine, _wishes.StateOf(wish));
        Assert.True(_wishes.HasNews);
        Assert.Equal(2, _wishes.Claim(held: 2).Held);
    }

    // Gets to know the grain.
    private void Meet() => Take(_wishes.Claim(held: 0), new LeaseAnswer(Epoch, [], IsSettled: false));

    private void Take(LeaseClaim claim, LeaseAnswer answer) => _wishes.Take(claim, _time.GetTimestamp(), answer);

    private static SlotTicket Ticket(string tenant = "acme") => new(new SlotRequest(tenant, ["main"], Since: 0, OutageTimeout: TimeSpan.Zero, default), []);
}
