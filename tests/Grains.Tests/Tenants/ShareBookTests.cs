using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Tenants;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Tenants;

/// <summary>A limit that several hosts use is never passed, and is used up where it is wanted.</summary>
public sealed class ShareBookTests
{
    private const long Limit = 10;

    private static readonly Guid A = Guid.NewGuid();
    private static readonly Guid B = Guid.NewGuid();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void Host_ThatIsAlone_HasAllOfTheLimit() => Assert.Equal(Limit, new ShareBook(_time).Grant(A, Limit, Need()));

    [Theory]
    [InlineData(10, 0, new long[0], 10)]
    [InlineData(10, 0, new long[] { 0 }, 5)]
    [InlineData(10, 2, new long[] { 4 }, 4)]
    [InlineData(10, 20, new long[] { 2 }, 8)]
    [InlineData(10, 20, new long[] { 20 }, 5)]
    [InlineData(10, 2, new long[] { 20 }, 2)]
    [InlineData(12, 9, new long[] { 1, 30 }, 5)]
    public void Share_IsWhatIsAskedForAndAnEqualPartOfTheRest(long limit, long demand, long[] others, long share)
        => Assert.Equal(share, ShareBook.ShareOf(limit, demand, others));

    [Fact]
    public void Share_ThatOneHostNeedsNoMore_GoesToAnotherOnceItIsGivenBack()
    {
        var book = new ShareBook(_time);
        Assert.Equal(10, book.Grant(A, Limit, Need(wanted: 1)));
        Assert.Equal(0, book.Grant(B, Limit, Need(wanted: 10)));
        var less = book.Grant(A, Limit, Need(used: 1, held: 10));

        Assert.Equal(0, book.Grant(B, Limit, Need(wanted: 10)));
        Assert.Equal(less, book.Grant(A, Limit, Need(used: 1, held: less)));
        Assert.Equal(Limit - less, book.Grant(B, Limit, Need(wanted: 10)));
    }

    [Fact]
    public void Host_ThatComes_FindsRoomForWhatIsOpen()
    {
        const long Sockets = 10_000;
        var book = new ShareBook(_time);

        for (var i = 0; i < 10; i++)
        {
            Assert.InRange(book.Grant(Guid.NewGuid(), Sockets, new ShareNeed(ShareKind.Sockets, Sockets, Used: 0, Wanted: 1, Held: 0)), 1, Sockets / 2);
        }
    }

    [Fact]
    public void Share_OfADeadHost_ComesBackAfterItsTerm()
    {
        var book = new ShareBook(_time);
        book.Grant(A, Limit, Need(used: 10, held: 10));

        _time.Advance(ShareLease.Length - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, book.Grant(B, Limit, Need(wanted: 1)));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Limit, book.Grant(B, Limit, Need(wanted: 1)));
    }

    [Fact]
    public void Limit_SmallerThanTheNumberOfHosts_IsUsedUp()
    {
        var book = new ShareBook(_time);

        Assert.Equal(1, book.Grant(A, limit: 1, Need(wanted: 1)));
        Assert.Equal(0, book.Grant(B, limit: 1, Need(wanted: 1)));
        Assert.Equal(0, book.Grant(A, limit: 1, Need(held: 1)));
        Assert.Equal(0, book.Grant(A, limit: 1, Need(held: 0)));
        Assert.Equal(1, book.Grant(B, limit: 1, Need(wanted: 1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Hosts_WhateverTheyDoAndWhateverIsLost_NeverHaveMoreThanTheLimit(int seed)
    {
        var random = new Random(seed);
        var book = new ShareBook(_time);
        var hosts = Enumerable.Range(0, 4).Select(_ => new Host(Guid.NewGuid())).ToArray();
        var reached = false;
        for (var i = 0; i < 20_000; i++)
        {
            var host = hosts[random.Next(hosts.Length)];
            switch (random.Next(4))
            {
                case 0 when host.Used > 0:
                    host.Used--;
                    break;
                case 1 when host.Used < host.Share:
                    host.Used++;
                    break;
                case 2:
                    var granted = book.Grant(host.Id, Limit, new ShareNeed(ShareKind.Sockets, Limit, host.Used, random.Next(3), Math.Max(host.Used, host.Share)));
                    host.Share = random.Next(5) == 0 ? host.Share : granted;
                    break;
                default:
                    _time.Advance(TimeSpan.FromMilliseconds(1));
                    break;
            }

            var used = hosts.Sum(h => h.Used);
            Assert.True(used <= Limit, $"{used} are used after step {i}.");
            reached |= used == Limit;
        }

        Assert.True(reached);
    }

    private static ShareNeed Need(long used = 0, long wanted = 0, long held = 0) => new(ShareKind.Contexts, Limit, used, wanted, held);

    private sealed class Host(Guid id)
    {
        public Guid Id => id;

        public long Used { get; set; }

        public long Share { get; set; }
    }
}
