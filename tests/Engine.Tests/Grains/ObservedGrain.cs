namespace TtsGrains.Engine.Tests.Grains;

public interface IWatcher : IGrainObserver
{
    Task OnEventAsync(int number);

    void OnVoid(int number);
}

public interface IObservedGrain : IGrainWithStringKey
{
    Task WatchAsync(IWatcher watcher);

    /// <summary>Tells the watcher this many numbers, each call awaited.</summary>
    Task TellAsync(int count);

    Task TellVoidAsync(int number);
}

public sealed class ObservedGrain : Grain, IObservedGrain
{
    private IWatcher? _watcher;

    public Task WatchAsync(IWatcher watcher)
    {
        _watcher = watcher;
        return Task.CompletedTask;
    }

    public async Task TellAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _watcher!.OnEventAsync(i);
        }
    }

    public Task TellVoidAsync(int number)
    {
        _watcher!.OnVoid(number);
        return Task.CompletedTask;
    }
}
