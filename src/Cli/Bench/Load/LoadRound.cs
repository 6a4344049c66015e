using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench.Load;

/// <summary>
/// One round of load on one target: contexts that speak in real time. In the middle of it short contexts probe the time to first audio; their cost is not
/// counted.
/// </summary>
internal static class LoadRound
{
    private const int Seed = 1;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);

    /// <summary>How long nothing may come of a cancelled context before it counts as silent.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    /// <summary>How long a context may take beyond its own length.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <summary>Runs a round.</summary>
    /// <exception cref="BenchFailedException">The target could not be reached.</exception>
    public static async Task<RoundResult> RunAsync(BenchTarget target, LoadShape shape, ProgressLine progress, CancellationToken cancellationToken)
    {
        var sockets = await LoadSocket.ConnectAsync(target, shape.Sockets, cancellationToken);
        try
        {
            using var probe = await LoadSocket.ConnectAsync(target, "", cancellationToken);
            LoadContext[] load = [.. Enumerable.Range(0, shape.Contexts).Select(i => new LoadContext(sockets[i % sockets.Count].NextNumber(), shape.Chunks, shape.Format))];
            progress.Follow(() => $"{load.Count(context => context.Started.IsCompleted)} of {load.Length} contexts have spoken, {load.Count(context => context.Ended.IsCompleted)} have ended");
            await using var memory = target.Process is { } process ? new MemoryMeter(process) : null;
            var meter = new CpuMeter(() => target.CpuTime, () => load.Aggregate(TimeSpan.Zero, (sum, context) => sum + context.Audio));
            var start = TimeProvider.System.GetTimestamp();
            var cancels = await OpenAsync(load, sockets, shape, cancellationToken);
            List<LoadContext> probes = [];
            if (shape.HasProbes)
            {
                await DelayUntilAsync(start, shape.Opening + (shape.Length * 0.2), cancellationToken);
                meter.Suspend();
                probes = await ProbeAsync(probe, start, shape.Length * 0.7, shape.Format, cancellationToken);
                meter.Resume();
            }

            await DelayUntilAsync(start, shape.Length * 0.8, cancellationToken);
            var use = memory?.Read();
            await EndAsync(load, shape.Length + Timeout - TimeProvider.System.GetElapsedTime(start), cancellationToken);
            await cancels;

            // What follows the last frame, such as writing the archive, belongs to the cost.
            await Task.Delay(Settling, cancellationToken);
            meter.Suspend();
            var all = load.Concat(probes).ToList();
            return new RoundResult(
                [.. all.Select(context => context.FirstAudio).OfType<TimeSpan>()],
                [.. load.SelectMany(context => context.Lateness)],
                [.. load.Select(context => context.CancelToSilence).OfType<TimeSpan>()],
                target.Process is null ? null : meter.Cpu,
                meter.Audio,
                use is null ? null : use with { PeakWorkingSet = memory!.Read().PeakWorkingSet },
                [.. all.Select(context => context.Violation).Concat(sockets.Append(probe).Select(socket => socket.Violation)).OfType<string>().Select(violation => $"{target.Name}: {violation}")]);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>Opens one context of one chunk on a socket of its own.</summary>
    /// <returns>Its time to first audio.</returns>
    /// <exception cref="BenchFailedException">It got no audio.</exception>
    public static async Task<TimeSpan> ProbeOnceAsync(BenchTarget target, AudioFormat format, CancellationToken cancellationToken)
    {
        using var socket = await LoadSocket.ConnectAsync(target, "", cancellationToken);
        var context = new LoadContext(0, chunks: 1, format);
        await socket.SpeakAsync(context, cancellationToken);
        await EndAsync([context], Timeout, cancellationToken);
        return context.Violation is null && context.FirstAudio is { } first
            ? first
            : throw new BenchFailedException($"{target.Name}: {context.Violation}.");
    }

    /// <summary>Waits until contexts have ended; those that do not are marked.</summary>
    public static async Task EndAsync(IReadOnlyCollection<LoadContext> contexts, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(contexts.Select(context => context.Ended)).WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, cancellationToken);
        }
        catch (TimeoutException)
        {
            foreach (var context in contexts)
            {
                context.OnTimeout();
            }
        }
    }

    private static async Task<Task> OpenAsync(LoadContext[] load, List<LoadSocket> sockets, LoadShape shape, CancellationToken cancellationToken)
    {
        // Calls begin at any moment: were they evenly spaced, the chunks of one socket would all be due at the same time.
        var random = new Random(Seed);
        TimeSpan[] starts = [.. load.Select(_ => shape.Opening * random.NextDouble()).Order()];
        var start = TimeProvider.System.GetTimestamp();
        var cancels = new List<Task>();
        for (var i = 0; i < load.Length; i++)
        {
            await DelayUntilAsync(start, starts[i], cancellationToken);
            var socket = sockets[i % sockets.Count];
            await socket.SpeakAsync(load[i], cancellationToken);
            if (shape.IsCancelled(i))
            {
                cancels.Add(CancelAsync(socket, load[i], shape.Length / 2, cancellationToken));
            }
        }

        return Task.WhenAll(cancels);
    }

    private static async Task CancelAsync(LoadSocket socket, LoadContext context, TimeSpan after, CancellationToken cancellationToken)
    {
        await Task.Delay(after, cancellationToken);
        await socket.CancelAsync(context, cancellationToken);
        await Task.Delay(Silence, cancellationToken);
        context.OnSilent();
    }

    private static async Task<List<LoadContext>> ProbeAsync(LoadSocket socket, long start, TimeSpan until, AudioFormat format, CancellationToken cancellationToken)
    {
        var probes = new List<LoadContext>();
        while (TimeProvider.System.GetElapsedTime(start) < until)
        {
            var probe = new LoadContext(socket.NextNumber(), chunks: 1, format);
            probes.Add(probe);
            await socket.SpeakAsync(probe, cancellationToken);
            await EndAsync([probe], Timeout, cancellationToken);
            await Task.Delay(ProbeInterval, cancellationToken);
        }

        return probes;
    }

    private static Task DelayUntilAsync(long start, TimeSpan at, CancellationToken cancellationToken)
    {
        var wait = at - TimeProvider.System.GetElapsedTime(start);
        return wait > TimeSpan.Zero ? Task.Delay(wait, cancellationToken) : Task.CompletedTask;
    }
}
