using TtsGrains.Engine.Tests.Grains;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Contract;

public sealed class CancellationTests(SharedHost host)
{
    private readonly ICancelGrain _grain = host.Engine.Grain<ICancelGrain>();

    [Fact]
    public async Task Cancel_OfARunningCall_ReachesTheGrainAndTheCaller()
    {
        using var source = new CancellationTokenSource();
        var gate = Gate.New(out var name);
        var call = _grain.WaitForCancelAsync(name, source.Token);
        await gate.Reached;

        await source.CancelAsync();

        await Gate.Of(name + "/cancelled").Reached;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Cancel_OfAWaitingCall_ReachesTheCallerAtOnce()
    {
        using var source = new CancellationTokenSource();
        var gate = Gate.New(out var name);
        var running = _grain.HoldAsync(name);
        await gate.Reached;
        var waiting = _grain.WaitForCancelAsync(name + "/waiting", source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(running.IsCompleted);
        gate.Open();
        await running;
    }

    [Fact]
    public async Task Cancel_BeforeTheCall_MeansNoCall()
    {
        var gate = Gate.New(out var name);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _grain.WaitForCancelAsync(name, new CancellationToken(canceled: true)));

        Assert.False(gate.IsReached);
    }

    [Fact]
    public async Task Token_OfAnUncancelledCall_IsLive()
    {
        using var source = new CancellationTokenSource();

        Assert.True(await _grain.CanBeCancelledLaterAsync("a", source.Token));
        Assert.True(await _grain.CanBeCancelledLaterAsync("b", CancellationToken.None));
    }
}
