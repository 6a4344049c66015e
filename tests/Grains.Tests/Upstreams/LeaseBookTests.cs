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

    [Fact]
    public void Hear_UpToTheLimit_GrantsAtOnceAndTheRestWaits()
    {
        var book = Settled(most: 3);

        Assert.Equal(["one:1", "one:2"], Hear(book, "one", held: 0, "acme:1", "acme:2"));
        Assert.Equal(["two:1"], Hear(book, "two", held: 0, "acme:1", "acme:2"));
        Assert.Equal((3, 1), (book.Taken, book.Waiting));
    }

    [Fact]
    public void Hear_NoLimit_GrantsAll()
    {
        var book = Settled(most: 0);

        Assert.Equal(["one:1", "one:2"], Hear(book, "one", held: 1_000, "acme:1", "acme:2"));
    }

    [Fact]
    public void Hear_OneIsFree_ItGoesToTheNextInLineWhereverThatIs()
    {
        var book = Settled(most: 1);
        Hear(book, "one", held: 0, "acme:1");
        Hear(book, "one", held: 1);
        Hear(book, "two", held: 0, "acme:1");
        Hear(book, "one", held: 1, "acme:2");

        Assert.Equal(["two:1"], Hear(book, "one", held: 0, "acme:2"));
        Assert.Equal([1], book.AnswerTo(Claim("two", held: 0)).Granted);
        Assert.Equal(["one:2"], Hear(book, "two", held: 0));
    }

    [Fact]
    public void Hear_SeveralTenantsOnSeveralSilos_TakeTurns()
    {
        var book = Settled(most: 1);
        Hear(book, "one", held: 1, "acme:1", "acme:2", "acme:3");
        Hear(book, "two", held: 0, "bolt:1", "acme:2", "bolt:3");
        List<string> served = [];
        var (one, two) = (new List<string> { "acme:1", "acme:2", "acme:3" }, new List<string> { "bolt:1", "acme:2", "bolt:3" });
        for (var held = 0; one.Count + two.Count > 0;)
        {
            // Who was served has come and gone when its silo speaks again.
            served.AddRange(Hear(book, "one", held, [.. one]));
            one.RemoveAll(wish => served.Contains($"one:{wish[5..]}"));
            served.AddRange(Hear(book, "two", held, [.. two]));
            two.RemoveAll(wish => served.Contains($"two:{wish[5..]}"));
        }

        Assert.Equal(["one:1", "two:1", "one:2", "two:3", "one:3", "two:2"], served);
    }

    [Fact]
    public void Hear_GrantedComesIntoUse_IsCountedOnce()
    {
        var book = Settled(most: 2);
        Hear(book, "one", held: 0, "acme:1");

        Assert.Empty(Hear(book, "one", held: 0, "acme:1"));
        Assert.Equal(1, book.Taken);
        Assert.Empty(Hear(book, "one", held: 1));
        Assert.Equal(1, book.Taken);
    }

    [Fact]
    public void Hear_GrantedIsNotWantedAnyMore_GoesToTheNext()
    {
        var book = Settled(most: 1);
        Hear(book, "one", held: 0, "acme:1");
        Hear(book, "two", held: 0, "acme:1");

        Assert.Equal(["two:1"], Hear(book, "one", held: 0));
    }

    [Fact]
    public void Hear_WhoWaitsNoLonger_IsNotServed()
    {
        var book = Settled(most: 1);
        Hear(book, "one", held: 1, "acme:1", "acme:2");
        Hear(book, "one", held: 1, "acme:2");

        Assert.Equal(1, book.Waiting);
        Assert.Equal(["one:2"], Hear(book, "one", held: 0, "acme:2"));
    }

    [Fact]
    public void Hear_OvertakenClaim_DoesNotCount()
    {
        var book = Settled(most: 1);
        var early = Claim("one", held: 0);
        Hear(book, "one", held: 1);

        Assert.Empty(book.Hear(early, _silos));
        Assert.Equal(1, book.Taken);
    }

    [Fact]
    public void Hear_SiloIsGone_ItsLeasesAreServedAndItsWishesAreNot()
    {
        var book = Settled(most: 2);
        Hear(book, "two", held: 2, "acme:1");
        Hear(book, "one", held: 0, "acme:1");
        _silos.Kill("two");

        Assert.Equal(["one:1"], Hear(book, "one", held: 0, "acme:1"));
        Assert.Equal((1, 0), (book.Taken, book.Waiting));
        Assert.False(book.Knows("two"));

        // What it said last may come after its end.
        Hear(book, "two", held: 2);
        Assert.Equal(1, book.Taken);
    }

    [Fact]
    public void Hear_SiloIsSilent_ItsLeasesAreServedAfterTheirLength()
    {
        var book = Settled(most: 1);
        Hear(book, "two", held: 1);
        _time.Advance(UpstreamLease.Length - TimeSpan.FromTicks(1));
        Assert.Empty(Hear(book, "one", held: 0, "acme:1"));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["one:1"], Hear(book, "one", held: 0, "acme:1"));
    }

    [Fact]
    public void Hear_SiloSaysItAgain_KeepsItsLeases()
    {
        var book = Settled(most: 1);
        for (var i = 0; i < 100; i++)
        {
            Hear(book, "two", held: 1);
            Assert.Empty(Hear(book, "one", held: 0, "acme:1"));
            _time.Advance(UpstreamLease.Length / 2);
        }
    }

    [Fact]
    public void Hear_NewBook_GrantsNothingUntilEverySiloHasSpoken()
    {
        var book = new LeaseBook(Epoch, 2, _time);
        Assert.Empty(Hear(book, "one", held: 1, "acme:1"));
        Assert.False(book.AnswerTo(Claim("one", held: 1)).IsSettled);

        Assert.Empty(Hear(book, "two", held: 1, "acme:1"));
        Assert.True(book.AnswerTo(Claim("one", held: 1)).IsSettled);
        Assert.Equal(["one:1"], Hear(book, "two", held: 0, "acme:1"));
    }

    [Fact]
    public void Hear_NewBook_WaitsForASiloNoLongerThanALease()
    {
        var book = new LeaseBook(Epoch, 2, _time);
        Hear(book, "one", held: 0, "acme:1");
        _time.Advance(UpstreamLease.Length - TimeSpan.FromTicks(1));
        Assert.Empty(Hear(book, "one", held: 0, "acme:1"));

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["one:1"], Hear(book, "one", held: 0, "acme:1"));
    }

    [Fact]
    public void Hear_SpokenToTheOneBefore_DoesNotCount()
    {
        var book = new LeaseBook(Epoch, 1, _time);
        Hear(book, "two", held: 0, "acme:1");

        var late = Claim("one", held: 0) with { Epoch = Guid.NewGuid() };
        Assert.Empty(book.Hear(late, _silos));
        Assert.Equal((Epoch, false), (book.AnswerTo(late).Epoch, book.AnswerTo(late).IsSettled));

        Assert.Empty(Hear(book, "one", held: 1));
    }

    private LeaseBook Settled(int most)
    {
        var book = new LeaseBook(Epoch, most, _time);
        Hear(book, "one", held: 0);
        Hear(book, "two", held: 0);
        return book;
    }

    private List<string> Hear(LeaseBook book, string silo, int held, params string[] wishes)
        => [.. book.Hear(Claim(silo, held, wishes), _silos).SelectMany(granted => granted.Select(number => $"{granted.Key}:{number}"))];

    private LeaseClaim Claim(string silo, int held, params string[] wishes)
    {
        var number = _claims[silo] = _claims.GetValueOrDefault(silo) + 1;
        return new LeaseClaim(silo, Epoch, number, held, [.. wishes.Select(wish => wish.Split(':')).Select(wish => new LeaseWish(long.Parse(wish[1]), wish[0]))]);
    }
}
