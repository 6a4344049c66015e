using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Sessions;
using Xunit;

namespace TtsGrains.Grains.Tests.Sessions;

public sealed class LiveSessionIndexTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset LeaseEnd = Now.AddSeconds(30);
    private static readonly DateOnly Today = new(2026, 3, 4);

    private readonly LiveSessionIndex _index = new();

    [Fact]
    public void List_SessionsOfSeveralHosts_AreNewestFirst()
    {
        _index.Report("a", [At("old", -3), At("new", -1)], [], LeaseEnd);
        _index.Report("b", [At("middle", -2)], [], LeaseEnd);

        Assert.Equal(["new", "middle", "old"], List());
    }

    [Fact]
    public void List_SessionOfTwoHosts_IsOneWithItsEarlierStart()
    {
        _index.Report("a", [At("call", -1, "r")], [], LeaseEnd);
        _index.Report("b", [At("call", -2)], [], LeaseEnd);

        var listed = Assert.Single(_index.List(Query(), Now));

        Assert.Equal(new LiveSession("call", Now.AddMinutes(-2), "r"), listed);
    }

    [Fact]
    public void List_HostWithoutRenewal_IsGoneWithItsLease()
    {
        _index.Report("a", [At("lost", -1)], [], LeaseEnd);
        _index.Report("b", [At("there", -2)], [], LeaseEnd);
        _index.Renew("b", [At("there", -2)], LeaseEnd.AddSeconds(10));

        Assert.Equal(["there"], _index.List(Query(), LeaseEnd).Select(session => session.Session));
        Assert.Equal(["there"], _index.Find(["lost", "there"], LeaseEnd));
    }

    [Fact]
    public void CountClients_OfSeveralHosts_IsTheirSum()
    {
        _index.Report("a", [At("lost", -1) with { Clients = 0 }, At("there", -1) with { Clients = 2 }], [], LeaseEnd);
        _index.Report("b", [At("there", -1)], [], LeaseEnd);

        Assert.Equal(3, _index.CountClients("there", Now));
        Assert.Equal(0, _index.CountClients("there", LeaseEnd));
        Assert.Equal(0, _index.CountClients("lost", Now));
        Assert.Equal(0, _index.CountClients("unknown", Now));
    }

    [Fact]
    public void Renew_WithOtherSessions_ReplacesThem()
    {
        _index.Report("a", [At("one", -1), At("two", -2)], [], LeaseEnd);
        _index.Renew("a", [At("two", -2), At("three", -3)], LeaseEnd);

        Assert.Equal(["two", "three"], List());
    }

    [Fact]
    public void Report_RemovedSession_IsNotListed()
    {
        _index.Report("a", [At("one", -1), At("two", -2)], [], LeaseEnd);
        _index.Report("a", [], ["one"], LeaseEnd);

        Assert.Equal(["two"], List());
        Assert.Equal(["two"], _index.Find(["one", "two"], Now));
    }

    [Fact]
    public void List_PageByPage_HasEachOnce()
    {
        _index.Report("a", Enumerable.Range(1, 7).Select(number => At($"s{number}", -number)), [], LeaseEnd);
        var seen = new List<string>();
        string? after = null;
        while (_index.List(Query() with { After = after, Limit = 3 }, Now) is { IsEmpty: false } page)
        {
            seen.AddRange(page.Select(session => session.Session));
            after = ArchiveNames.ListingName(page[^1].StartedAt, Today, page[^1].Session);
        }

        Assert.Equal(["s1", "s2", "s3", "s4", "s5", "s6", "s7"], seen);
    }

    [Theory]
    [InlineData(null, false, "today,yesterday")]
    [InlineData("2026-03-04", true, "today,yesterday")]
    [InlineData("2026-03-03", false, "yesterday")]
    [InlineData("2026-03-05", false, "")]
    public void List_Day_HasSessionsThatBeganOnItOrGoOnToday(string? day, bool isToday, string expected)
    {
        _index.Report("a", [At("today", -60), At("yesterday", -24 * 60)], [], LeaseEnd);

        var listed = _index.List(Query() with { Day = day is null ? null : DateOnly.Parse(day, null), IsToday = isToday }, Now);

        Assert.Equal(expected, string.Join(',', listed.Select(session => session.Session)));
    }

    [Fact]
    public void List_Reference_HasOnlyItsSessions()
    {
        _index.Report("a", [At("one", -1, "r"), At("two", -2, "other"), At("three", -3)], [], LeaseEnd);

        Assert.Equal("one", Assert.Single(_index.List(Query() with { Reference = "r" }, Now)).Session);
    }

    private IEnumerable<string> List() => _index.List(Query(), Now).Select(session => session.Session);

    private static LiveSessionQuery Query() => new(Today, IsToday: true, Reference: null, After: null, Limit: 100);

    private static LiveSession At(string session, int minutes, string? reference = null) => new(session, Now.AddMinutes(minutes), reference);
}
