using Orleans.Concurrency;
using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Grains;

public interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>Ticks into the journal; with a failure on the first tick if so wished.</summary>
    Task StartAsync(TimeSpan due, TimeSpan period, bool failsFirst);

    /// <summary>Starts a timer that is due at once and holds this request at the gate.</summary>
    Task StartAndHoldAsync(string gate, bool interleave);

    Task ChangeAsync(TimeSpan due, TimeSpan period);

    Task StopAsync();

    [AlwaysInterleave]
    Task<bool> TicksOnSchedulerAsync();
}

public sealed class TimerGrain : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private bool _fails;
    private TaskScheduler? _requests;
    private TaskScheduler? _ticks;

    private Journal Journal => Journal.Of(this.GetPrimaryKeyString());

    public Task StartAsync(TimeSpan due, TimeSpan period, bool failsFirst)
    {
        _requests = TaskScheduler.Current;
        _fails = failsFirst;
        _timer = this.RegisterGrainTimer(TickAsync, "tick", new GrainTimerCreationOptions { DueTime = due, Period = period });
        return Task.CompletedTask;
    }

    public async Task StartAndHoldAsync(string gate, bool interleave)
    {
        _timer = this.RegisterGrainTimer(
            () =>
            {
                Journal.Add("tick");
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = interleave });

        // Due later, so when this one has ticked the other has been due.
        this.RegisterGrainTimer(
            () =>
            {
                Gate.Of(gate + "/due").Reach();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan) { Interleave = true });
        await Gate.Of(gate).PassAsync();
        Journal.Add("request done");
    }

    public Task ChangeAsync(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task<bool> TicksOnSchedulerAsync() => Task.FromResult(_requests is not null && _requests == _ticks);

    private async Task TickAsync(string state, CancellationToken cancellationToken)
    {
        _ticks = TaskScheduler.Current;
        await Task.Yield();
        Journal.Add(state);
        if (_fails)
        {
            _fails = false;
            throw new InvalidOperationException("A tick failed.");
        }
    }
}
