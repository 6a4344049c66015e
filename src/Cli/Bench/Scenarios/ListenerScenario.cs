using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>The cost of listeners: the same sessions without a listener and with more and more, in turns.</summary>
internal static class ListenerScenario
{
    private const int WarmUpListeners = 20;

    private static readonly TimeSpan MaxWarmUp = TimeSpan.FromSeconds(4);

    /// <summary>Measures on the service that the plan names, or on one that is started.</summary>
    /// <exception cref="BenchFailedException">There is no result.</exception>
    public static async Task<BenchOutcome> RunAsync(BenchPlan plan, ProgressLine progress, CancellationToken cancellationToken)
    {
        if (plan.Remote is { } remote)
        {
            return await MeasureAsync(plan, remote, progress, cancellationToken);
        }

        progress.Begin("start of upstream and service");
        using var hosts = await BenchHosts.StartAsync(plan.Service);
        return await MeasureAsync(plan, await hosts.StartServiceAsync([]), progress, cancellationToken);
    }

    private static async Task<BenchOutcome> MeasureAsync(BenchPlan plan, BenchTarget service, ProgressLine progress, CancellationToken cancellationToken)
    {
        var sessions = plan.Contexts[0];
        for (var i = 0; i < plan.WarmUps; i++)
        {
            progress.Begin($"warm-up {i + 1} of {plan.WarmUps}");
            await ListenerRound.RunAsync(service, sessions, Math.Min(WarmUpListeners, plan.Listeners.Max()), plan with { Length = plan.Length < MaxWarmUp ? plan.Length : MaxWarmUp }, progress, cancellationToken);
        }

        int[] levels = [0, .. plan.Listeners];
        var rounds = levels.ToDictionary(level => level, _ => new List<ListenerResult>());
        for (var round = 0; round < plan.Rounds; round++)
        {
            // The first in one round is the last in another.
            foreach (var level in levels.Skip(round % levels.Length).Concat(levels.Take(round % levels.Length)))
            {
                progress.Begin($"round {round + 1} of {plan.Rounds}, {level} listeners on {sessions} sessions");
                rounds[level].Add(await ListenerRound.RunAsync(service, sessions, level, plan, progress, cancellationToken));
            }
        }

        var results = rounds.ToDictionary(pair => pair.Key, pair => ListenerResult.Together(pair.Value));
        List<ListenerLine> lines = [.. levels.Select(level => ListenerLine.Of(plan, sessions, level, results[level], results[0]))];
        return new BenchOutcome(ListenerLine.Render(lines), lines, [.. results.Values.SelectMany(result => result.Violations)]);
    }
}
