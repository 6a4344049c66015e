using System.Globalization;
using System.Text;

namespace TtsGrains.Cli.Bench;

/// <summary>Measures what listeners cost: the same session with nobody who listens and with more and more, in turns.</summary>
internal static class ListenerBench
{
    private const int WarmUpListeners = 20;
    private const int WarmUps = 2;

    private static readonly TimeSpan WarmUpLength = TimeSpan.FromSeconds(4);

    /// <summary>Measures and prints a table.</summary>
    /// <exception cref="BenchFailedException">There is no result.</exception>
    public static async Task RunAsync(BenchPlan plan, BenchProcess service, CancellationToken cancellationToken)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            await ListenerRound.RunAsync(service, WarmUpListeners, WarmUpLength, cancellationToken);
        }

        int[] levels = [0, .. plan.Listeners];
        var rounds = levels.ToDictionary(level => level, _ => new List<ListenerResult>());
        for (var round = 0; round < plan.Rounds; round++)
        {
            // Whoever goes first in one round goes last in another.
            foreach (var level in levels.Skip(round % levels.Length).Concat(levels.Take(round % levels.Length)))
            {
                Console.WriteLine($"round {round + 1}: {level} listeners");
                rounds[level].Add(await ListenerRound.RunAsync(service, level, plan.Length, cancellationToken));
            }
        }

        Console.WriteLine();
        Console.Write(Render(levels, level => ListenerResult.Together(rounds[level])));
    }

    private static string Render(IReadOnlyList<int> levels, Func<int, ListenerResult> resultOf)
    {
        var table = new StringBuilder()
            .AppendLine("| listeners | owner's chunk delay p50 | p99 | listener behind owner p50 | p99 | CPU per audio second | of none | CPU per listener and frame |")
            .AppendLine("|---:|---:|---:|---:|---:|---:|---:|---:|");
        var none = resultOf(0);
        foreach (var level in levels)
        {
            var result = resultOf(level);
            var behind = level == 0 ? " |" : string.Create(
                CultureInfo.InvariantCulture, $"{RoundResult.Percentile(result.Behind, 0.5):F2} ms | {RoundResult.Percentile(result.Behind, 0.99):F2} ms");
            var each = level == 0 ? "" : string.Create(
                CultureInfo.InvariantCulture,
                $"{(result.CpuPerAudioSecond - none.CpuPerAudioSecond) * BenchScript.ChunkLength.TotalSeconds / level * 1e6:F0} µs");
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {level} | {RoundResult.Percentile(result.OwnerDelays, 0.5):F2} ms | {RoundResult.Percentile(result.OwnerDelays, 0.99):F2} ms | {behind} | {result.CpuPerAudioSecond * 1000:F2} ms | {result.CpuPerAudioSecond / none.CpuPerAudioSecond:F2} | {each} |");
        }

        return table.ToString();
    }
}
