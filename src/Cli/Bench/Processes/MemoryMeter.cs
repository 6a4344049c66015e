namespace TtsGrains.Cli.Bench.Processes;

/// <summary>Samples the working set of a process while it runs, and keeps the largest.</summary>
internal sealed class MemoryMeter : IAsyncDisposable
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(100);

    private readonly BenchProcess _process;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sampling;
    private long _peak;

    public MemoryMeter(BenchProcess process)
    {
        _process = process;
        Sample();
        _sampling = SampleAsync();
    }

    /// <summary>Gets the memory that the process uses.</summary>
    public MemoryUse Read()
    {
        Sample();
        return new MemoryUse(Volatile.Read(ref _peak), _process.PrivateBytes);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sampling;
        _stop.Dispose();
    }

    private void Sample() => Volatile.Write(ref _peak, Math.Max(_peak, _process.WorkingSet));

    private async Task SampleAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(SampleInterval);
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                Sample();
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }
}

/// <summary>The memory that a process used in a round.</summary>
/// <param name="PeakWorkingSet">The largest working set of all samples, bytes.</param>
/// <param name="PrivateBytes">The memory that it shared with no other process at the end of the load, bytes.</param>
internal sealed record MemoryUse(long PeakWorkingSet, long PrivateBytes)
{
    /// <summary>Returns the larger of both values of several rounds; null if there are none.</summary>
    public static MemoryUse? Largest(IEnumerable<MemoryUse?> rounds)
        => rounds.OfType<MemoryUse>().Aggregate(
            (MemoryUse?)null,
            (most, round) => most is null ? round : new MemoryUse(Math.Max(most.PeakWorkingSet, round.PeakWorkingSet), Math.Max(most.PrivateBytes, round.PrivateBytes)));
}
