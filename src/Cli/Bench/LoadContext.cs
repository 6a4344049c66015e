namespace TtsGrains.Cli.Bench;

/// <summary>One context of the load, and when each of its chunks came.</summary>
/// <param name="number">Unique on its socket; also its id.</param>
/// <param name="chunks">How many chunks it asks for.</param>
internal sealed class LoadContext(int number, int chunks)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long[] _arrivals = new long[chunks];
    private long _start;
    private int _received;

    public int Number => number;

    public int Chunks => chunks;

    /// <summary>How many chunks have come.</summary>
    public int Received => Volatile.Read(ref _received);

    /// <summary>Ends with the context.</summary>
    public Task Ended => _ended.Task;

    /// <summary>From the push to the first chunk.</summary>
    public TimeSpan FirstAudio => TimeProvider.System.GetElapsedTime(_start, _arrivals[0]);

    /// <summary>When each chunk came.</summary>
    public IReadOnlyList<long> Arrivals => _arrivals;

    /// <summary>How long after its turn in real time, counted from the push, each chunk came.</summary>
    public IEnumerable<TimeSpan> Delays => _arrivals.Select((arrival, i) => TimeProvider.System.GetElapsedTime(_start, arrival) - (i * BenchScript.ChunkLength));

    public void Start() => _start = TimeProvider.System.GetTimestamp();

    public void OnChunk()
    {
        if (_received < chunks)
        {
            _arrivals[_received] = TimeProvider.System.GetTimestamp();
            Volatile.Write(ref _received, _received + 1);
        }
    }

    public void OnDone()
    {
        if (_received == chunks)
        {
            _ended.TrySetResult();
        }
        else
        {
            OnFailed(new BenchFailedException($"a context ended after {_received} of {chunks} chunks."));
        }
    }

    public void OnFailed(Exception reason) => _ended.TrySetException(reason);
}
