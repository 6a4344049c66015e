using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

public sealed class UpstreamSocketsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly UpstreamOptions _options = new() { MaxContextsPerSocket = 4, IdleRecycle = TimeSpan.FromMinutes(3) };

    [Fact]
    public async Task TryTakeSlot_SeveralSockets_FillsTheFullestFirst()
    {
        var sockets = await OpenAsync(2);
        var taken = new List<ConnectionKey>();
        while (sockets.TryTakeSlot(out var key))
        {
            taken.Add(key);
        }

        Assert.Equal([4, 4], taken.GroupBy(key => key).Select(group => group.Count()));
        Assert.Equal(4, taken.TakeWhile(key => key == taken[0]).Count());
        Assert.Equal(8, sockets.SlotsTaken);
    }

    [Fact]
    public async Task FreeSlot_MakesRoomAndNeverCountsBelowZero()
    {
        var sockets = await OpenAsync(1);
        sockets.TryTakeSlot(out var key);

        sockets.FreeSlot(key);
        sockets.FreeSlot(key);
        sockets.FreeSlot(key with { Number = 99 });

        Assert.Equal(0, sockets.SlotsTaken);
        Assert.Equal(4, TakeAll(sockets));
    }

    [Fact]
    public async Task IsRunningOut_LessThanAQuarterOfOneSocketLeft()
    {
        var sockets = await OpenAsync(1);
        var seen = new List<bool>();
        for (var i = 0; i < 4; i++)
        {
            sockets.TryTakeSlot(out _);
            seen.Add(sockets.IsRunningOut);
        }

        Assert.Equal([false, false, false, true], seen);
    }

    [Fact]
    public void IsRunningOut_NoSocket_IsTrue() => Assert.True(New().IsRunningOut);

    [Fact]
    public async Task DialAsync_ManyAtOnce_ShareOneDial()
    {
        var sockets = New();
        var gate = new TaskCompletionSource();
        var dialled = new List<ConnectionKey>();
        Task Dial(ConnectionKey key)
        {
            dialled.Add(key);
            return gate.Task;
        }

        var dials = Enumerable.Range(0, 5).Select(_ => sockets.DialAsync(Dial)).ToArray();
        gate.SetResult();
        await Task.WhenAll(dials);
        await sockets.DialAsync(Dial);

        Assert.Equal([1, 2], dialled.Select(key => key.Number));
        Assert.Equal(2, sockets.Count);
    }

    [Fact]
    public async Task DialAsync_Refused_TellsAllWhoWaitAndLeavesNothing()
    {
        var sockets = New();

        await Assert.ThrowsAsync<UpstreamUnavailableException>(() => sockets.DialAsync(_ => throw new UpstreamUnavailableException("no")));
        Assert.Equal(0, sockets.Count);

        await sockets.DialAsync(_ => Task.CompletedTask);
        Assert.Equal(1, sockets.Count);
    }

    [Fact]
    public async Task FindIdle_OnlyAfterTheTimeAndOnlyWithoutContexts()
    {
        var sockets = await OpenAsync(1);
        sockets.TryTakeSlot(out var key);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(sockets.FindIdle());

        sockets.FreeSlot(key);
        _time.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(1));
        Assert.Null(sockets.FindIdle());

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(key, sockets.FindIdle());
    }

    [Fact]
    public async Task TryRetire_TakenInTheMeantime_IsRefused()
    {
        var sockets = await OpenAsync(1);
        sockets.TryTakeSlot(out var key);

        Assert.False(sockets.TryRetire(key));

        sockets.FreeSlot(key);
        Assert.True(sockets.TryRetire(key));
        Assert.False(sockets.TryTakeSlot(out _));
    }

    [Fact]
    public async Task Remove_TakesTheSlotsWithIt()
    {
        var sockets = await OpenAsync(1);
        sockets.TryTakeSlot(out var key);

        sockets.Remove(key);

        Assert.Equal((0, 0), (sockets.Count, sockets.SlotsTaken));
    }

    private UpstreamSockets New() => new("main", "silo", _options, _time);

    private async Task<UpstreamSockets> OpenAsync(int count)
    {
        var sockets = New();
        for (var i = 0; i < count; i++)
        {
            await sockets.DialAsync(_ => Task.CompletedTask);
        }

        return sockets;
    }

    private static int TakeAll(UpstreamSockets sockets)
    {
        var taken = 0;
        while (sockets.TryTakeSlot(out _))
        {
            taken++;
        }

        return taken;
    }
}
