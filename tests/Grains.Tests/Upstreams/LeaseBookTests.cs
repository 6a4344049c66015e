using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Upstreams;

public sealed class LeaseBookTests
{
    private static readonly Guid Epoch = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Roster _silos = new("one", "two");
    private readonly Dictionary<string, long> _claims = [];
    private readonly Shares _shares = [];

    [Fact]
    public void Accept_UpToTheLimit_GrantsAtOnceAndTheRestWaits()
    {
        var book = Settled(most: 3);

        Assert.Equal(["one:1", "one:2"], Accept(book, "one", held: 0, "acme:1", "acme:2"));
        Assert.Equal(["two:1"], Accept(book, "two", held: 0, "acme:1", "acme:2"));
        Assert.Equal((3, 1), (book.Taken, book.Waiting));
    }

    [Fact]
    public void Accept_NoLimit_GrantsAll()
    {
        var book = Settled(most: 0);

        Assert.Equal(["one:1", "one:2"], Accept(book, "one", held: 1_000, "acme:1", "acme:2"));
    }

    [Fact]
    public void Accept_OneIsFree_ItGoesToTheNextInLineWhereverThatIs()
    {
        var book = Settled(most: 1);
        Accept(book, "one", held: 0, "acme:1");
        Accept(book, "one", held: 1);
        Accept(book, "two", held: 0, "acme:1");
        Accept(book, "one", held: 1, "acme:2");

        Assert.Equal(["two:1"], Accept(book, "one", held: 0, "acme:2"));
        Assert.Equal([1], book.AnswerTo(Claim("two", held: 0)).Granted);
        Assert.Equal(["one:2"], Accept(book, "two", held: 0));
    }

    [Fact]
    public void Accept_SeveralTenantsOnSeveralSilos_TakeTurns()
    {
        var book = Settled(most: 1);
        Accept(book, "one", held: 1, "acme:1", "acme:2", "acme:3");
        Accept(book, "two", held: 0, "bolt:1", "acme:2", "bolt:3");
        List<string> served = [];
        var (one, two) = (new List<string> { "acme:1", "acme:2", "acme:3" }, new List<string> { "bolt:1", "acme:2", "bolt:3" });
        for (var held = 0; one.Count + two.Count > 0;)
        {
            // Who was served has come and gone when its silo speaks again.
            served.AddRange(Accept(book, "one", held, [.. one]));
            one.RemoveAll(request => served.Contains($"one:{request[5..]}"));
            served.AddRange(Accept(book, "two", held, [.. two]));
            two.RemoveAll(request => served.Contains($"two:{request[5..]}"));
        }

        Assert.Equal(["one:1", "two:1", "one:2", "two:3", "one:3", "two:2"], served);
    }

    [Fact]
    public void Accept_GrantedComesIntoUse_IsCountedOnce()
    {
        var book = Settled(most: 2);
        Accept(book, "one", held: 0, "acme:1");

        Assert.Empty(Accept(book, "one", held: 0, "acme:1"));
        Assert.Equal(1, book.Taken);
        Assert.Empty(Accept(book, "one", held: 1));
        Assert.Equal(1, book.Taken);
    }

    [Fact]
    public void Accept_GrantedIsNotWantedAnyMore_GoesToTheNext()
    {
        var book = Settled(most: 1);
        Accept(book, "one", held: 0, "acme:1");
        Accept(book, "two", held: 0, "acme:1");

        Assert.Equal(["two:1"], Accept(book, "one", held: 0));
    }

    [Fact]
    public void Accept_WhoWaitsNoLonger_IsNotServed()
    {
        var book = Settled(most: 1);
        Accept(book, "one", held: 1, "acme:1", "acme:2");
        Accept(book, "one", held: 1, "acme:2");

        Assert.Equal(1, book.Waiting);
        Assert.Equal(["one:2"], Accept(book, "one", held: 0, "acme:2"));
    }

    [Fact]
    public void Accept_OvertakenClaim_DoesNotCount()
    {
        var book = Settled(most: 1);
        var early = Claim("one", held: 0);
        Accept(book, "one", held: 1);

        Assert.Empty(book.Accept(early, _silos));
        Assert.Equal(1, book.Taken);
    }

    [Fact]
    public void Accept_SiloIsGone_ItsLeasesAreServedAndItsWishesAreNot()
    {
        var book = Settled(most: 2);
        Accept(book, "two", held: 2, "acme:1");
        Accept(book, "one", held: 0, "acme:1");
        _silos.Kill("two");

        Assert.Equal(["one:1"], Accept(book, "one", held: 0, "acme:1"));
        Assert.Equal((1, 0), (book.Taken, book.Waiting));
        Assert.False(book.IsKnown("two"));

        // What it said last may come after its end.
        Accept(book, "two", held: 2);
        Assert.Equal(1, book.Taken);
    }

    [Fact]
    public void Accept_SiloIsSilent_ItsLeasesAreServedAfterTheirLength()
    {
        var book = Settled(most: 1);
        Accept(book, "two", held: 1);
        _time.Advance(UpstreamLease.Length - TimeSpan.FromTicks(1));
        Assert.Empty(Accept(book, "one", held: 0, "acme:1"));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["one:1"], Accept(book, "one", held: 0, "acme:1"));
    }

    [Fact]
    public void Accept_SiloSaysItAgain_KeepsItsLeases()
    {
        var book = Settled(most: 1);
        for (var i = 0; i < 100; i++)
        {
            Accept(book, "two", held: 1);
            Assert.Empty(Accept(book, "one", held: 0, "acme:1"));
            _time.Advance(UpstreamLease.Length / 2);
        }
    }

    [Fact]
    public void Accept_NewBook_GrantsNothingUntilEverySiloHasSpoken()
    {
        var book = new LeaseBook(Epoch, 2, _shares, _time);
        Assert.Empty(Accept(book, "one", held: 1, "acme:1"));
        Assert.False(book.AnswerTo(Claim("one", held: 1)).IsSettled);

        Assert.Empty(Accept(book, "two", held: 1, "acme:1"));
        Assert.True(book.AnswerTo(Claim("one", held: 1)).IsSettled);
        Assert.Equal(["one:1"], Accept(book, "two", held: 0, "acme:1"));
    }

    [Fact]
    public void Accept_NewBook_WaitsForASiloNoLongerThanALease()
    {
        var book = new LeaseBook(Epoch, 2, _shares, _time);
        Accept(book, "one", held: 0, "acme:1");
        _time.Advance(UpstreamLease.Length - TimeSpan.FromTicks(1));
        Assert.Empty(Accept(book, "one", held: 0, "acme:1"));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["one:1"], Accept(book, "one", held: 0, "acme:1"));
    }

    [Fact]
    public void Accept_SpokenToTheOneBefore_DoesNotCount()
    {
        var book = new LeaseBook(Epoch, 1, _shares, _time);
        Accept(book, "two", held: 0, "acme:1");

        var late = Claim("one", held: 0) with { Epoch = Guid.NewGuid() };
        Assert.Empty(book.Accept(late, _silos));
        Assert.Equal((Epoch, false), (book.AnswerTo(late).Epoch, book.AnswerTo(late).IsSettled));

        Assert.Empty(Accept(book, "one", held: 1));
    }

    [Fact]
    public void Accept_TenantsOnOtherSilos_CountAgainstTheirShare()
    {
        var book = Settled(most: 4);
        Accept(book, "one", held: 0, "greedy:1", "greedy:2", "greedy:3", "greedy:4");
        var claim = Claim("one", held: 0, "greedy:5") with { Held = 4, HeldByTenant = [new HeldLeases("greedy", 4)] };
        book.Accept(claim, _silos);
        Accept(book, "two", held: 0, "greedy:6", "quiet:7", "quiet:8", "quiet:9");

        // Each that ends goes to the tenant that has less, on whatever silo it waits: two for the quiet one, then each has its half.
        List<string> granted = [];
        for (var left = 3; left >= 1; left--)
        {
            var next = Claim("one", held: 0, "greedy:5") with { Held = left, HeldByTenant = [new HeldLeases("greedy", left)] };
            granted.AddRange(book.Accept(next, _silos).SelectMany(silo => silo.Select(number => $"{silo.Key}:{number}")));
        }

        Assert.Equal(["two:7", "two:8", "one:5"], granted);
        Assert.Equal(4, book.Taken);
    }

    [Fact]
    public void Accept_PlacesAreReserved_TheirTenantHasThemThoughItWasSilent()
    {
        _shares["quiet"] = new TenantShare(Weight: 1, Reserved: 2, Burst: 10);
        var book = Settled(most: 5);
        Assert.Equal(["one:1", "one:2", "one:3"], Accept(book, "one", held: 0, "greedy:1", "greedy:2", "greedy:3", "greedy:4", "greedy:5"));

        Assert.Equal(["two:1", "two:2"], Accept(book, "two", held: 0, "quiet:1", "quiet:2", "quiet:3"));
        Assert.Equal((5, 3), (book.Taken, book.Waiting));
    }

    private LeaseBook Settled(int most)
    {
        var book = new LeaseBook(Epoch, most, _shares, _time);
        Accept(book, "one", held: 0);
        Accept(book, "two", held: 0);
        return book;
    }

    private List<string> Accept(LeaseBook book, string silo, int held, params string[] requests)
        => [.. book.Accept(Claim(silo, held, requests), _silos).SelectMany(granted => granted.Select(number => $"{granted.Key}:{number}"))];

    private LeaseClaim Claim(string silo, int held, params string[] requests)
    {
        var number = _claims[silo] = _claims.GetValueOrDefault(silo) + 1;
        return new LeaseClaim(
            silo,
            Epoch,
            number,
            held,
            [.. requests.Select(request => request.Split(':')).Select(request => new LeaseRequest(long.Parse(request[1]), request[0], PriorityClass.Live))],
            held == 0 ? [] : [new HeldLeases("core", held)]);
    }
}
