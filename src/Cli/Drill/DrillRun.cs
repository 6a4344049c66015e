using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using TtsGrains.Cli.Cluster;
using TtsGrains.Testing;

namespace TtsGrains.Cli.Drill;

/// <summary>Runs a drill: for each fault, calls speak, something breaks, they speak on, it comes back.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="plan">Its shape.</param>
/// <param name="calls">Calls that speak at once.</param>
/// <param name="time">The clock of the report.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class DrillRun(DrillCluster cluster, ClusterPlan plan, int calls, TimeProvider time)
{
    // Contexts of each call while a part is gone, and after it has come back.
    private const int RoundsInFault = 2;

    /// <summary>What breaks, in this order.</summary>
    public static IReadOnlyList<string> Faults { get; } = ["upstream-socket", "silo", "api-host", "blob-store"];

    /// <summary>Runs it.</summary>
    /// <param name="faults">Some of <see cref="Faults"/>.</param>
    /// <param name="tell">Gets a line for each step.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<DrillReport> RunAsync(IEnumerable<string> faults, Action<string> tell, CancellationToken cancellationToken)
    {
        var startedAt = time.GetUtcNow();
        List<FaultResult> results = [];
        foreach (var fault in faults)
        {
            tell($"{fault}: {calls} calls speak");
            results.Add(await RunAsync(fault, cancellationToken));
            tell(DrillTable.Line(results[^1]));
        }

        var version = typeof(DrillRun).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
        var machine = string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors, .NET {Environment.Version}");
        return new DrillReport(version, machine, startedAt, time.GetUtcNow(), plan.Silos, plan.Apis, calls, results);
    }

    private async Task<FaultResult> RunAsync(string fault, CancellationToken cancellationToken)
    {
        var changes = new Changes();
        List<DrillCaller> callers = [];
        try
        {
            callers.AddRange(Enumerable.Range(1, calls).Select(call => new DrillCaller(
                string.Create(CultureInfo.InvariantCulture, $"drill-{fault}-{call}"), cluster, changes, cancellationToken)));
            await WhenSpokenAsync(callers, changes, 1, cancellationToken);
            await BreakAsync(fault, () => WhenSpokenAsync(callers, changes, RoundsInFault, cancellationToken), cancellationToken);
            await WhenSpokenAsync(callers, changes, 1, cancellationToken);
            await Task.WhenAll(callers.Select(caller => caller.StopAsync()));
            SpokenContext[] spoken = [.. callers.SelectMany(caller => caller.Spoken)];
            return FaultResult.Of(fault, spoken, await new DrillArchive(cluster).VerifyAsync(spoken, cancellationToken));
        }
        finally
        {
            foreach (var caller in callers)
            {
                await caller.DisposeAsync();
            }
        }
    }

    private async Task BreakAsync(string fault, Func<Task> whenSpoken, CancellationToken cancellationToken)
    {
        switch (fault)
        {
            case "upstream-socket":
                cluster.Upstream.CutBusiestSocket();
                await whenSpoken();
                break;
            case "silo":
                await KillAsync(plan.SiloNames.Last());
                break;
            case "api-host":
                await KillAsync(plan.ApiNames.First());
                break;
            case "blob-store":
                await cluster.StopBlobStoreAsync();
                await whenSpoken();
                await cluster.StartBlobStoreAsync(cancellationToken);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault.");
        }

        async Task KillAsync(string name)
        {
            await cluster.KillAsync(name);
            await whenSpoken();
            await cluster.StartAsync(name, cancellationToken);
        }
    }

    private static async Task WhenSpokenAsync(List<DrillCaller> callers, Changes changes, int more, CancellationToken cancellationToken)
    {
        var until = callers.ToDictionary(caller => caller, caller => caller.Spoken.Count + more);
        await changes.WhenAsync(() => until.All(caller => caller.Key.Spoken.Count >= caller.Value), cancellationToken, "every call has spoken");
    }
}
