using TtsGrains.Cli.Bench.Load;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>Contexts that speak at the same time: through every target, in rounds that alternate between them.</summary>
internal static class LoadScenario
{
    private static readonly TimeSpan MaxOpening = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BurstOpening = TimeSpan.FromMilliseconds(100);

    /// <summary>Measures on the service that the plan names, or on one that is started together with upstream and relay.</summary>
    /// <exception cref="BenchFailedException">There is no result.</exception>
    public static async Task<BenchOutcome> RunAsync(BenchPlan plan, ProgressLine progress, CancellationToken cancellationToken)
    {
        if (plan.Remote is { } remote)
        {
            return await MeasureAsync(plan, plan.RemoteUpstream is { } upstream ? [upstream, remote] : [remote], progress, cancellationToken);
        }

        progress.Begin("start of upstream, relay and service");
        using var hosts = await BenchHosts.StartAsync(plan.Service);
        return await MeasureAsync(plan, [hosts.Direct, await hosts.StartRelayAsync(), await hosts.StartServiceAsync([])], progress, cancellationToken);
    }

    /// <summary>Gets the load of a plan with some contexts.</summary>
    public static LoadShape ShapeOf(BenchPlan plan, int contexts)
    {
        var isBurst = plan.Scenario == BenchScenario.Burst;
        var opening = plan.Length / 10 < MaxOpening ? plan.Length / 10 : MaxOpening;
        return new LoadShape(
            contexts, plan.Sockets ?? LoadShape.SocketsFor(contexts), plan.Length, isBurst ? BurstOpening : opening, plan.Format, plan.CancelPercent, HasProbes: !isBurst);
    }

    private static async Task<BenchOutcome> MeasureAsync(BenchPlan plan, IReadOnlyList<BenchTarget> targets, ProgressLine progress, CancellationToken cancellationToken)
    {
        var starts = await WarmUp.RunAsync(plan, targets, progress, cancellationToken);
        var rounds = targets.SelectMany(target => plan.Contexts.Select(contexts => (target, contexts))).ToDictionary(key => key, _ => new List<RoundResult>());
        for (var round = 0; round < plan.Rounds; round++)
        {
            foreach (var contexts in plan.Contexts)
            {
                // The first in one round is the last in another.
                foreach (var target in targets.Skip(round % targets.Count).Concat(targets.Take(round % targets.Count)))
                {
                    progress.Begin($"round {round + 1} of {plan.Rounds}, {contexts} contexts through {target.Name}");
                    rounds[(target, contexts)].Add(await LoadRound.RunAsync(target, ShapeOf(plan, contexts), progress, cancellationToken));
                }
            }
        }

        var results = rounds.ToDictionary(entry => entry.Key, entry => RoundResult.Together(entry.Value));
        List<LoadLine> lines = [.. plan.Contexts.SelectMany(contexts => targets.Select(target => LoadLine.Of(
            plan, target, starts[target], ShapeOf(plan, contexts), results[(target, contexts)], ResultOf("direct", target, contexts), ResultOf("relay", null, contexts))))];
        return new BenchOutcome(LoadReport.Render(lines), lines, [.. results.Values.SelectMany(result => result.Violations)]);

        RoundResult? ResultOf(string name, BenchTarget? except, int contexts)
            => targets.FirstOrDefault(target => target.Name == name && target != except) is { } target ? results[(target, contexts)] : null;
    }
}
