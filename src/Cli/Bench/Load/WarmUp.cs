using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Cli.Bench.Load;

/// <summary>Measures the first contexts of fresh processes, and then loads them until their code is compiled.</summary>
internal static class WarmUp
{
    private const int MaxContexts = 50;

    private static readonly TimeSpan MaxLength = TimeSpan.FromSeconds(5);

    /// <summary>Opens the first two contexts of each target, then runs rounds of load on all in turns.</summary>
    /// <exception cref="BenchFailedException">A target gave no audio.</exception>
    public static async Task<IReadOnlyDictionary<BenchTarget, TargetStart>> RunAsync(
        BenchPlan plan, IReadOnlyList<BenchTarget> targets, ProgressLine progress, CancellationToken cancellationToken)
    {
        var first = new Dictionary<BenchTarget, (double First, double Second)>();
        foreach (var target in targets)
        {
            progress.Begin($"first context of {target.Name}");
            first[target] = (
                (await LoadRound.ProbeOnceAsync(target, plan.Format, cancellationToken)).TotalMilliseconds,
                (await LoadRound.ProbeOnceAsync(target, plan.Format, cancellationToken)).TotalMilliseconds);
        }

        var contexts = Math.Min(MaxContexts, plan.Contexts.Max());
        var length = plan.Length < MaxLength ? plan.Length : MaxLength;
        var shape = new LoadShape(contexts, LoadShape.SocketsFor(contexts), length, length / 10, plan.Format, HasProbes: false);
        for (var i = 0; i < plan.WarmUps; i++)
        {
            foreach (var target in targets)
            {
                progress.Begin($"warm-up {i + 1} of {plan.WarmUps}, {target.Name}");
                await LoadRound.RunAsync(target, shape, progress, cancellationToken);
            }
        }

        return targets.ToDictionary(target => target, target => new TargetStart(first[target].First, first[target].Second, target.Process?.WorkingSet));
    }
}

/// <summary>A target before it is measured.</summary>
/// <param name="FirstContextMs">First audio of its first context, ms.</param>
/// <param name="SecondContextMs">First audio of its second context, ms.</param>
/// <param name="WorkingSet">The working set after the warm-up, bytes; null if it is not known.</param>
internal sealed record TargetStart(double FirstContextMs, double SecondContextMs, long? WorkingSet);
