using Orleans.Streams;

namespace TtsGrains.Benchmarks.Streams;

/// <summary>Counts what it hears, and tells when it has heard enough.</summary>
internal sealed class SampleHearer : IAsyncBatchObserver<Sample>
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _wanted = int.MaxValue;

    public int Heard { get; private set; }

    public Task OnNextAsync(IList<SequentialItem<Sample>> items)
    {
        lock (_gate)
        {
            Heard += items.Count;
            if (Heard >= _wanted)
            {
                _wanted = int.MaxValue;
                _enough.TrySetResult();
            }
        }

        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

    /// <summary>Completes when this number has been received.</summary>
    public Task WhenAsync(int count)
    {
        lock (_gate)
        {
            if (Heard >= count)
            {
                return Task.CompletedTask;
            }

            _wanted = count;
            _enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _enough.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }
}
