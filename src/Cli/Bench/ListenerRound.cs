namespace TtsGrains.Cli.Bench;

/// <summary>One session that speaks in real time, and so many who listen to it.</summary>
internal static class ListenerRound
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <exception cref="BenchFailedException">Somebody did not hear all.</exception>
    public static async Task<ListenerResult> RunAsync(BenchProcess service, int listeners, TimeSpan length, CancellationToken cancellationToken)
    {
        var session = $"bench-{Guid.NewGuid():N}";
        var context = new LoadContext(0, (int)(length / BenchScript.ChunkLength));
        using var owner = await LoadSocket.ConnectAsync(new UriBuilder(service.Url) { Query = $"session_id={session}" }.Uri, cancellationToken);
        var listening = new List<BenchListener>();
        try
        {
            for (var i = 0; i < listeners; i++)
            {
                listening.Add(await BenchListener.ConnectAsync(service.Url, session, context.Chunks, cancellationToken));
            }

            // What the connections cost is not what listening costs.
            await Task.Delay(Settling, cancellationToken);
            var before = service.CpuTime;
            await owner.SpeakAsync(context, cancellationToken);
            await Task.WhenAll([context.Ended, .. listening.Select(listener => listener.Ended)]).WaitAsync(length + Patience, cancellationToken);
            await Task.Delay(Settling, cancellationToken);
            return new ListenerResult([.. context.Delays], [.. listening.SelectMany(listener => Behind(context, listener))], service.CpuTime - before, context.Chunks);
        }
        catch (TimeoutException e)
        {
            throw new BenchFailedException("listeners did not hear all in time.", e);
        }
        finally
        {
            listening.ForEach(listener => listener.Dispose());
        }
    }

    // Both are seen by this process, so which of two frames that are there it reads first is in it.
    private static IEnumerable<TimeSpan> Behind(LoadContext owner, BenchListener listener)
        => owner.Arrivals.Zip(listener.Arrivals, (first, second) => TimeProvider.System.GetElapsedTime(first, second));
}

/// <summary>What one round with so many listeners, or several together, measured.</summary>
/// <param name="OwnerDelays">How long after its turn in real time each chunk came to the owner.</param>
/// <param name="Behind">How long after the owner each listener got each chunk; negative when he was first.</param>
/// <param name="Cpu">CPU time of the service.</param>
/// <param name="Chunks">The chunks that were spoken.</param>
internal sealed record ListenerResult(TimeSpan[] OwnerDelays, TimeSpan[] Behind, TimeSpan Cpu, int Chunks)
{
    /// <summary>CPU seconds of the service per second of audio that is spoken.</summary>
    public double CpuPerAudioSecond => Cpu / (Chunks * BenchScript.ChunkLength);

    public static ListenerResult Together(IReadOnlyCollection<ListenerResult> rounds) => new(
        [.. rounds.SelectMany(round => round.OwnerDelays)],
        [.. rounds.SelectMany(round => round.Behind)],
        rounds.Aggregate(TimeSpan.Zero, (sum, round) => sum + round.Cpu),
        rounds.Sum(round => round.Chunks));
}
