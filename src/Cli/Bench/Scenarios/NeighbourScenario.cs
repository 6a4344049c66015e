using TtsGrains.Cli.Bench.Load;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>
/// Two tenants: one speaks, the other asks for more than it gets and tries again at once. What is scarce is the other's own limit on open contexts
/// (<see cref="BenchScenario.Refused"/>) or an upstream's (<see cref="BenchScenario.Noisy"/>), of which the neighbour has reserved what it needs, up to its share.
/// </summary>
internal static class NeighbourScenario
{
    private const string GreedyTenant = "greedy";
    private const string NeighbourTenant = "neighbour";

    // What the greedy tenant may have open, and what it tries to.
    private const int GreedyLimit = 15;
    private const int UpstreamLimit = 20;
    private const int GreedySlots = 200;

    /// <summary>Measures on a service that is started, with and without the greedy tenant in turns.</summary>
    /// <exception cref="BenchFailedException">There is no result.</exception>
    public static async Task<BenchOutcome> RunAsync(BenchPlan plan, ProgressLine progress, CancellationToken cancellationToken)
    {
        progress.Begin("start of upstream and service");
        using var hosts = await BenchHosts.StartAsync(plan.Service);
        var isUpstreamScarce = plan.Scenario == BenchScenario.Noisy;
        var (greedyKey, neighbourKey) = (BenchHosts.NewKey(), BenchHosts.NewKey());
        (string, string)[] limits = isUpstreamScarce
            ? [("Upstreams__main__MaxContexts", $"{UpstreamLimit}"), ($"Tenants__{NeighbourTenant}__ReservedContexts", $"{Math.Min(plan.Contexts[0], UpstreamLimit / 2)}")]
            : [($"Tenants__{GreedyTenant}__MaxOpenContexts", $"{GreedyLimit}")];
        var service = await hosts.StartServiceAsync(limits, (GreedyTenant, greedyKey), (NeighbourTenant, neighbourKey));
        var (neighbour, greedy) = (service.As(neighbourKey), service.As(greedyKey));

        // The warm-up opens no more than the upstream may have.
        var warmUp = plan with { Contexts = [Math.Min(plan.Contexts.Max(), isUpstreamScarce ? UpstreamLimit / 2 : int.MaxValue)] };
        await WarmUp.RunAsync(warmUp, [neighbour], progress, cancellationToken);
        await MeasureAsync(plan, neighbour, greedy, isAlone: false, progress, cancellationToken);
        var alone = new List<NeighbourResult>();
        var together = new List<NeighbourResult>();
        for (var round = 0; round < plan.Rounds; round++)
        {
            foreach (var isAlone in new[] { round % 2 == 0, round % 2 != 0 })
            {
                progress.Begin($"round {round + 1} of {plan.Rounds}, {(isAlone ? "the neighbour alone" : "with the greedy tenant")}");
                (isAlone ? alone : together).Add(await MeasureAsync(plan, neighbour, greedy, isAlone, progress, cancellationToken));
            }
        }

        NeighbourLine[] lines = [NeighbourLine.Of(plan, isAlone: true, alone), NeighbourLine.Of(plan, isAlone: false, together)];
        return new BenchOutcome(NeighbourLine.Render(lines), lines, [.. alone.Concat(together).SelectMany(result => result.Violations)]);
    }

    private static async Task<NeighbourResult> MeasureAsync(
        BenchPlan plan, BenchTarget neighbour, BenchTarget greedy, bool isAlone, ProgressLine progress, CancellationToken cancellationToken)
    {
        await using var quiet = await TenantLoad.StartAsync(neighbour, plan.Contexts[0], TenantLoad.ShortCall, plan.Format, cancellationToken);
        await using var loud = isAlone ? null : await TenantLoad.StartAsync(greedy, GreedySlots, TenantLoad.LongCall, plan.Format, cancellationToken);
        progress.Follow(() => $"{quiet.Spoken} contexts of the neighbour have spoken, {loud?.Refused ?? 0} of the greedy tenant were refused");
        var (cpu, clientCpu) = (neighbour.CpuTime, Environment.CpuUsage.TotalTime);
        var start = TimeProvider.System.GetTimestamp();
        await Task.Delay(plan.Length, cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(start);
        var (used, clientUsed) = (neighbour.CpuTime - cpu, Environment.CpuUsage.TotalTime - clientCpu);
        await quiet.StopAsync();
        await (loud?.StopAsync() ?? Task.CompletedTask);

        // A refusal of the greedy tenant is expected, and so is one of the neighbour where the upstream is scarce.
        return new NeighbourResult(
            quiet.FirstAudio, quiet.Refused, loud?.Spoken ?? 0, loud?.Refused ?? 0, used, clientUsed, elapsed,
            [.. quiet.ViolationsOf(refusals: plan.Scenario == BenchScenario.Refused), .. loud?.ViolationsOf(refusals: false) ?? []]);
    }
}
