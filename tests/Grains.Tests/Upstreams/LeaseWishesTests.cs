using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

public sealed class LeaseWishesTests
{
    private static readonly Guid Epoch = Guid.NewGuid();

    private readonly LeaseWishes _wishes = new("one", new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));

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

        _wishes.Take(claim, new LeaseAnswer(Epoch, [first.Number], IsSettled: true));

        Assert.Equal([LeaseState.Granted, LeaseState.InLine, LeaseState.Asked], new[] { first, second, late }.Select(wish => wish.State));
    }

    [Fact]
    public void Take_NotSettled_LeavesItOpen()
    {
        Meet();
        var wish = _wishes.Want(Ticket());

        _wishes.Take(_wishes.Claim(held: 0), new LeaseAnswer(Epoch, [], IsSettled: false));

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

        _wishes.Take(_wishes.Claim(held: 0), new LeaseAnswer(next, [], IsSettled: false));
        _wishes.Take(before, new LeaseAnswer(Epoch, [granted.Number, waiting.Number], IsSettled: true));
        _wishes.Grant(Epoch, [waiting.Number]);

        Assert.Equal([LeaseState.Asked, LeaseState.Asked], new[] { granted, waiting }.Select(wish => wish.State));
        Assert.True(_wishes.HasNews);
        Assert.Equal(next, _wishes.Claim(held: 0).Epoch);
        _wishes.Grant(next, [waiting.Number]);
        Assert.Equal(LeaseState.Granted, waiting.State);
    }

    // Gets to know the grain.
    private void Meet() => _wishes.Take(_wishes.Claim(held: 0), new LeaseAnswer(Epoch, [], IsSettled: false));

    private static SlotTicket Ticket(string tenant = "acme") => new(new SlotRequest(tenant, ["main"], Since: 0), []);
}
