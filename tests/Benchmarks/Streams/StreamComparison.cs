using static System.FormattableString;

namespace TtsGrains.Benchmarks.Streams;

/// <summary>Measures all providers in turns, and prints one table.</summary>
internal static class StreamComparison
{
    public static async Task RunAsync(int rounds)
    {
        var figures = new Dictionary<(StreamPlace, StreamSetup), List<StreamFigures>>();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var place in StreamPlace.All)
            {
                foreach (var setup in StreamSetup.All)
                {
                    await Console.Error.WriteLineAsync($"round {round} of {rounds}: {setup.Name}, {place.Name}");
                    await using var run = await StreamRun.StartAsync(setup, place);
                    if (!figures.TryGetValue((place, setup), out var list))
                    {
                        figures.Add((place, setup), list = []);
                    }

                    list.Add(await run.MeasureAsync());
                }
            }
        }

        Console.WriteLine("| publisher and consumer | provider | event p50 | p99 | first event of a stream p50 | p99 | events/s, singly | in batches of 64 | idle, of a core |");
        Console.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var ((place, setup), list) in figures)
        {
            var all = StreamFigures.Of(list);
            Console.WriteLine(Invariant(
                $"| {place.Name} | {setup.Name} | {Milliseconds(all.Paced, 0.5)} | {Milliseconds(all.Paced, 0.99)} | {Milliseconds(all.First, 0.5)} | {Milliseconds(all.First, 0.99)} | {all.Singles:N0} | {all.Batches:N0} | {100 * all.Idle:0.0} % |"));
        }
    }

    private static string Milliseconds(IEnumerable<TimeSpan> delays, double part) => Invariant($"{StreamFigures.Percentile(delays, part):0.00} ms");
}
