using TtsGrains.Cli.Bench.Load;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>Sessions that speak one context each in real time, and listeners that are spread over them.</summary>
internal static class ListenerRound
{
    private const int Seed = 1;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan MaxOpening = TimeSpan.FromSeconds(1);

    /// <summary>Runs a round.</summary>
    /// <exception cref="BenchFailedException">The service could not be reached.</exception>
    public static async Task<ListenerResult> RunAsync(BenchTarget service, int sessions, int listeners, BenchPlan plan, ProgressLine progress, CancellationToken cancellationToken)
    {
        var shape = LoadScenario.ShapeOf(plan, sessions);
        var run = $"bench-{Guid.NewGuid():N}";
        LoadContext[] contexts = [.. Enumerable.Range(0, sessions).Select(_ => new LoadContext(0, shape.Chunks, plan.Format))];
        var owners = new List<LoadSocket>();
        var listening = new List<(int Session, BenchListener Listener)>();
        progress.Follow(() => $"{listening.Count(entry => entry.Listener.Ended.IsCompleted)} of {listening.Count} listeners have heard all");
        try
        {
            for (var i = 0; i < sessions; i++)
            {
                owners.Add(await LoadSocket.ConnectAsync(service, $"session_id={run}-{i}", cancellationToken));
            }

            for (var i = 0; i < listeners; i++)
            {
                listening.Add((i % sessions, await BenchListener.ConnectAsync(service, $"{run}-{i % sessions}", shape.Chunks, cancellationToken)));
            }

            // The cost of the connections is not that of listening.
            await Task.Delay(Settling, cancellationToken);
            await using var memory = service.Process is { } process ? new MemoryMeter(process) : null;
            var before = service.CpuTime;
            await OpenAsync(contexts, owners, cancellationToken);
            await LoadRound.EndAsync(contexts, shape.Length + LoadRound.Timeout, cancellationToken);
            await EndAsync([.. listening.Select(entry => entry.Listener)], cancellationToken);
            await Task.Delay(Settling, cancellationToken);
            return new ListenerResult(
                [.. contexts.SelectMany(context => context.Lateness)],
                [.. listening.SelectMany(entry => Behind(contexts[entry.Session], entry.Listener))],
                service.Process is null ? null : service.CpuTime - before,
                contexts.Aggregate(TimeSpan.Zero, (sum, context) => sum + context.Audio),
                memory?.Read(),
                [.. contexts.Select(context => context.Violation).Concat(owners.Select(owner => owner.Violation)).Concat(listening.Select(entry => entry.Listener.Violation)).OfType<string>()]);
        }
        finally
        {
            listening.ForEach(entry => entry.Listener.Dispose());
            owners.ForEach(owner => owner.Dispose());
        }
    }

    // One session begins at once; several begin at any moment of a second, as calls do.
    private static async Task OpenAsync(LoadContext[] contexts, List<LoadSocket> owners, CancellationToken cancellationToken)
    {
        var random = new Random(Seed);
        TimeSpan[] starts = [.. contexts.Select(_ => contexts.Length == 1 ? TimeSpan.Zero : MaxOpening * random.NextDouble()).Order()];
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < contexts.Length; i++)
        {
            var wait = starts[i] - TimeProvider.System.GetElapsedTime(start);
            await (wait > TimeSpan.Zero ? Task.Delay(wait, cancellationToken) : Task.CompletedTask);
            await owners[i].SpeakAsync(contexts[i], cancellationToken);
        }
    }

    private static async Task EndAsync(List<BenchListener> listeners, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(listeners.Select(listener => listener.Ended)).WaitAsync(LoadRound.Timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            listeners.ForEach(listener => listener.OnTimeout());
        }
    }

    // This process reads both, so the order in which it reads two frames that are there is part of it.
    private static IEnumerable<TimeSpan> Behind(LoadContext owner, BenchListener listener)
        => owner.Timestamps.Zip(listener.Arrivals, (first, second) => TimeProvider.System.GetElapsedTime(first, second));
}
