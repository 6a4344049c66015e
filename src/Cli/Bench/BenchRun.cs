using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;
using TtsGrains.Cli.Bench.Scenarios;

namespace TtsGrains.Cli.Bench;

/// <summary>Runs the scenario of a plan and prints its result.</summary>
internal static class BenchRun
{
    // A broken service violates the same rule in every context.
    private const int ShownViolations = 10;

    /// <returns>True if order and completeness were right everywhere.</returns>
    /// <exception cref="BenchFailedException">There is no result.</exception>
    public static async Task<bool> RunAsync(BenchPlan plan, CancellationToken cancellationToken)
    {
        BenchOutcome outcome;
        using (var progress = new ProgressLine(Console.Error, !Console.IsErrorRedirected, TimeProvider.System))
        {
            outcome = await MeasureAsync(plan, progress, cancellationToken);
        }

        if (plan.IsJson)
        {
            foreach (var line in outcome.Objects)
            {
                JsonOutput.Write(line);
            }
        }
        else
        {
            Console.Write(outcome.Table);
        }

        foreach (var violation in outcome.Violations.Take(ShownViolations))
        {
            await Console.Error.WriteLineAsync(violation);
        }

        if (outcome.Violations.Count > ShownViolations)
        {
            await Console.Error.WriteLineAsync($"{outcome.Violations.Count - ShownViolations} further violations of order or completeness");
        }

        return outcome.Violations.Count == 0;
    }

    private static Task<BenchOutcome> MeasureAsync(BenchPlan plan, ProgressLine progress, CancellationToken cancellationToken) => plan.Scenario switch
    {
        BenchScenario.LongSession => LongSessionScenario.RunAsync(plan, progress, cancellationToken),
        BenchScenario.Idle => IdleScenario.RunAsync(plan, progress, cancellationToken),
        BenchScenario.Refused or BenchScenario.Noisy => NeighbourScenario.RunAsync(plan, progress, cancellationToken),
        _ when plan.Listeners.Count > 0 => ListenerScenario.RunAsync(plan, progress, cancellationToken),
        _ => LoadScenario.RunAsync(plan, progress, cancellationToken),
    };
}
