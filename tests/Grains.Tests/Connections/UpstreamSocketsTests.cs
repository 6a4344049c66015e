using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

public sealed class UpstreamSocketsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly UpstreamOptions _options = new() { MaxContextsPerSocket = 4, IdleTimeout = TimeSpan.FromMinutes(3) };

    [Fact]
    public void TryTakeSlot_SeveralSockets_FillsTheFullestFirst()
    {
        var sockets = Open(2);
        var taken = new List<ConnectionKey>();
        while (sockets.TryTakeSlot("acme", isIsolated: false, out var key))
        {
            taken.Add(key);
        }

        Assert.Equal([4, 4], taken.GroupBy(key => key).Select(group => group.Count()));
        Assert.Equal(4, taken.TakeWhile(key => key == taken[0]).Count());
        Assert.Equal(8, sockets.SlotsTaken);
    }

    [Fact]
    public void FreeSlot_MakesRoomAndNeverCountsBelowZero()
    {
        var sockets = Open(1);
        sockets.TryTakeSlot("acme", isIsolated: false, out var key);

        sockets.FreeSlot(key, "acme");
        sockets.FreeSlot(key, "acme");
        sockets.FreeSlot(key with { Number = 99 }, "acme");

        Assert.Equal(0, sockets.SlotsTaken);
        Assert.Equal(4, TakeAll(sockets));
    }

    [Fact]
    public void SlotsByTenant_CountsOverAllSockets()
    {
        var sockets = Open(2);
        string[] tenants = ["acme", "bolt", "acme", "acme", "acme", "bolt"];
        var keys = tenants.Select(tenant => sockets.TryTakeSlot(tenant, isIsolated: false, out var key) ? key : default).ToList();
        Assert.Equal([new("acme", 4), new("bolt", 2)], sockets.SlotsByTenant.OrderBy(slots => slots.Tenant));

        // Not of another tenant.
        sockets.FreeSlot(keys[0], "core");
        sockets.FreeSlot(keys[0], "acme");
        sockets.Remove(keys[^1]);

        Assert.Equal([new("acme", 2), new("bolt", 1)], sockets.SlotsByTenant.OrderBy(slots => slots.Tenant));
        Assert.Equal(3, sockets.SlotsTaken);
    }

    [Fact]
    public void IsRunningOut_LessThanAQuarterOfOneSocketLeft()
    {
        var sockets = Open(1);
        var seen = new List<bool>();
        for (var i = 0; i < 4; i++)
        {
            sockets.TryTakeSlot("acme", isIsolated: false, out _);
            seen.Add(sockets.IsRunningOut);
        }

        Assert.Equal([false, false, false, true], seen);
    }

    [Fact]
    public void IsRunningOut_NoSocket_IsTrue() => Assert.True(New().IsRunningOut);

    [Fact]
    public void NextKey_IsNeverUsedTwice()
    {
        var sockets = Open(2);

        Assert.Equal(3, sockets.NextKey().Number);
        Assert.Equal(4, sockets.NextKey().Number);
    }

    [Fact]
    public void MaxContexts_OverAllSockets_IsNotExceeded()
    {
        _options.MaxContexts = 6;
        var sockets = Open(2);

        Assert.Equal(6, TakeAll(sockets));
        Assert.True(sockets.IsFull);
        Assert.False(sockets.IsRunningOut);
    }

    [Fact]
    public void Suspect_TakesNoMoreContextsAndIsReplacedWhenItIsEmpty()
    {
        var sockets = Open(1);
        sockets.TryTakeSlot("acme", isIsolated: false, out var key);
        sockets.Suspect(key);

        Assert.False(sockets.TryTakeSlot("acme", isIsolated: false, out _));
        Assert.Equal((0, 1), (sockets.Count, sockets.SlotsTaken));
        Assert.Null(sockets.FindIdle());

        sockets.FreeSlot(key, "acme");
        Assert.Equal(key, sockets.FindIdle());
        Assert.True(sockets.TryRetire(key));
    }

    [Fact]
    public void Remove_ThatCarriedContexts_FreesTheirSlots()
    {
        var sockets = Open(1);
        sockets.TryTakeSlot("acme", isIsolated: false, out var key);
        sockets.Remove(key);
        sockets.Remove(key);

        Assert.Equal((0, 0), (sockets.Count, sockets.SlotsTaken));
    }

    [Fact]
    public void TryTakeSlot_Isolated_HasASocketForItself()
    {
        var sockets = Open(2);
        Assert.True(sockets.HasSpareSocket);
        Assert.True(sockets.TryTakeSlot("acme", isIsolated: true, out var isolated));
        Assert.False(sockets.HasSpareSocket);
        Assert.True(sockets.TryTakeSlot("acme", isIsolated: false, out var other));
        Assert.NotEqual(isolated, other);

        sockets.FreeSlot(isolated, "acme");
        Assert.True(sockets.HasSpareSocket);
    }

    [Fact]
    public void TryTakeSlot_IsolatedWithoutSpareSocket_SharesOne()
    {
        var sockets = Open(1);
        Assert.False(sockets.HasSpareSocket);
        Assert.True(sockets.TryTakeSlot("acme", isIsolated: true, out var first));
        Assert.True(sockets.TryTakeSlot("acme", isIsolated: false, out var second));

        Assert.Equal(first, second);
    }

    [Fact]
    public void HasSpokenWithin_OnlyForSoLong()
    {
        var sockets = Open(1);
        var key = new ConnectionKey("main", "silo", 1);
        Assert.False(sockets.HasSpokenWithin(key, TimeSpan.FromDays(1)));

        sockets.RecordSpoken(key);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(sockets.HasSpokenWithin(key, TimeSpan.FromSeconds(2)));
        Assert.False(sockets.HasSpokenWithin(key, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void FindIdle_OnlyAfterTheTimeAndOnlyWithoutContexts()
    {
        var sockets = Open(1);
        sockets.TryTakeSlot("acme", isIsolated: false, out var key);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(sockets.FindIdle());

        sockets.FreeSlot(key, "acme");
        _time.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(1));
        Assert.Null(sockets.FindIdle());

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(key, sockets.FindIdle());
    }

    [Fact]
    public void TryRetire_TakenInTheMeantime_IsRefused()
    {
        var sockets = Open(1);
        sockets.TryTakeSlot("acme", isIsolated: false, out var key);

        Assert.False(sockets.TryRetire(key));

        sockets.FreeSlot(key, "acme");
        Assert.True(sockets.TryRetire(key));
        Assert.False(sockets.TryTakeSlot("acme", isIsolated: false, out _));
    }

    [Fact]
    public void Remove_TakesTheSlotsWithIt()
    {
        var sockets = Open(1);
        sockets.TryTakeSlot("acme", isIsolated: false, out var key);

        sockets.Remove(key);

        Assert.Equal((0, 0), (sockets.Count, sockets.SlotsTaken));
    }

    private UpstreamSockets New() => new("main", "silo", _options, _time);

    private UpstreamSockets Open(int count)
    {
        var sockets = New();
        for (var i = 0; i < count; i++)
        {
            sockets.Add(sockets.NextKey());
        }

        return sockets;
    }

    private static int TakeAll(UpstreamSockets sockets)
    {
        var taken = 0;
        while (sockets.TryTakeSlot("acme", isIsolated: false, out _))
        {
            taken++;
        }

        return taken;
    }
}
