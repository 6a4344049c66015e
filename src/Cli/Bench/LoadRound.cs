namespace TtsGrains.Cli.Bench;

/// <summary>
/// One round of load on one target: so many contexts, each in real time, opened within a second. In the middle of it short
/// contexts probe the time to first audio; what they cost is not counted.
/// </summary>
internal static class LoadRound
{
    private const int ContextsPerSocket = 10;
    private const int Seed = 1;

    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <exception cref="BenchFailedException">A context did not come to its end.</exception>
    public static async Task<RoundResult> RunAsync(Uri url, int contexts, TimeSpan length, Func<TimeSpan> cpuTime, CancellationToken cancellationToken)
    {
        var chunks = (int)(length / BenchScript.ChunkLength);
        LoadContext[] load = [.. Enumerable.Range(0, contexts).Select(i => new LoadContext(i, chunks))];
        var sockets = await ConnectAsync(url, (contexts + ContextsPerSocket - 1) / ContextsPerSocket, cancellationToken);
        using var probe = await LoadSocket.ConnectAsync(url, cancellationToken);
        try
        {
            var meter = new CpuMeter(cpuTime, () => load.Sum(context => context.Received));
            var start = TimeProvider.System.GetTimestamp();
            var opened = OpenAsync(load, sockets, cancellationToken);
            await DelayUntilAsync(start, Opening + (length * 0.2), cancellationToken);
            await opened;
            meter.Pause();
            var probes = await ProbeAsync(probe, start, length * 0.7, cancellationToken);
            meter.Resume();
            await Task.WhenAll(load.Select(context => context.Ended)).WaitAsync(length + Patience, cancellationToken);

            // What follows the last frame, such as writing the archive, belongs to the cost.
            await Task.Delay(Settling, cancellationToken);
            meter.Pause();
            return new RoundResult([.. load.Concat(probes).Select(context => context.FirstAudio)], [.. load.SelectMany(context => context.Delays)], meter.Cpu, meter.Chunks);
        }
        catch (TimeoutException e)
        {
            throw new BenchFailedException("contexts did not come to their end in time.", e);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>Opens one context of one chunk on a socket of its own.</summary>
    public static async Task<TimeSpan> ProbeOnceAsync(Uri url, CancellationToken cancellationToken)
    {
        using var socket = await LoadSocket.ConnectAsync(url, cancellationToken);
        var context = new LoadContext(0, chunks: 1);
        await socket.SpeakAsync(context, cancellationToken);
        await context.Ended.WaitAsync(Patience, cancellationToken);
        return context.FirstAudio;
    }

    private static async Task<List<LoadSocket>> ConnectAsync(Uri url, int count, CancellationToken cancellationToken)
    {
        var sockets = new List<LoadSocket>();
        for (var i = 0; i < count; i++)
        {
            sockets.Add(await LoadSocket.ConnectAsync(url, cancellationToken));
        }

        return sockets;
    }

    private static async Task OpenAsync(LoadContext[] load, List<LoadSocket> sockets, CancellationToken cancellationToken)
    {
        // Calls begin when they like: were they evenly spaced, the chunks of one socket would all be due at the same moment.
        var random = new Random(Seed);
        TimeSpan[] starts = [.. load.Select(_ => Opening * random.NextDouble()).Order()];
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < load.Length; i++)
        {
            await DelayUntilAsync(start, starts[i], cancellationToken);
            await sockets[i % sockets.Count].SpeakAsync(load[i], cancellationToken);
        }
    }

    private static async Task<List<LoadContext>> ProbeAsync(LoadSocket socket, long start, TimeSpan until, CancellationToken cancellationToken)
    {
        var probes = new List<LoadContext>();
        while (TimeProvider.System.GetElapsedTime(start) < until)
        {
            var probe = new LoadContext(probes.Count, chunks: 1);
            probes.Add(probe);
            await socket.SpeakAsync(probe, cancellationToken);
            await probe.Ended.WaitAsync(Patience, cancellationToken);
            await Task.Delay(ProbeEvery, cancellationToken);
        }

        return probes;
    }

    private static Task DelayUntilAsync(long start, TimeSpan at, CancellationToken cancellationToken)
    {
        var wait = at - TimeProvider.System.GetElapsedTime(start);
        return wait > TimeSpan.Zero ? Task.Delay(wait, cancellationToken) : Task.CompletedTask;
    }
}
