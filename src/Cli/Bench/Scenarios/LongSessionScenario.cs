using TtsGrains.Cli.Bench.Load;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>
/// Short contexts one after the other on one socket, from the first one after the start: whether a context of a long session costs as much as one of a short session,
/// in time, memory and bytes stored.
/// </summary>
internal static class LongSessionScenario
{
    /// <summary>The number of contexts whose first audio makes one row.</summary>
    public const int Block = 100;

    /// <summary>Measures on the service that the plan names, or on one that is started.</summary>
    /// <exception cref="BenchFailedException">There is no result.</exception>
    public static async Task<BenchOutcome> RunAsync(BenchPlan plan, ProgressLine progress, CancellationToken cancellationToken)
    {
        if (plan.Remote is { } remote)
        {
            return await MeasureAsync(plan, remote, data: null, progress, cancellationToken);
        }

        progress.Begin("start of upstream and service");
        using var hosts = await BenchHosts.StartAsync(plan.Service);
        return await MeasureAsync(plan, await hosts.StartServiceAsync([]), hosts.Data, progress, cancellationToken);
    }

    private static async Task<BenchOutcome> MeasureAsync(BenchPlan plan, BenchTarget service, DirectoryInfo? data, ProgressLine progress, CancellationToken cancellationToken)
    {
        var contexts = plan.Contexts[0];
        var first = new List<TimeSpan>(contexts);
        var violations = new List<string>();
        var usages = new List<Usage>();
        using var socket = await LoadSocket.ConnectAsync(service, "", cancellationToken);
        progress.Begin($"{contexts} contexts one after the other");
        progress.Follow(() => $"{first.Count} have ended");
        var start = TimeProvider.System.GetTimestamp();
        while (first.Count < contexts && violations.Count == 0)
        {
            var context = new LoadContext(socket.NextNumber(), chunks: 1, plan.Format);
            await socket.SpeakAsync(context, cancellationToken);
            await LoadRound.EndAsync([context], LoadRound.Timeout, cancellationToken);
            violations.AddRange(new[] { context.Violation, socket.Violation }.OfType<string>());
            first.Add(context.FirstAudio ?? LoadRound.Timeout);
            if (first.Count == Math.Max(contexts / 10, 1) || first.Count == contexts)
            {
                usages.Add(new Usage(first.Count, service.Process?.PrivateBytes, SizeOf(data)));
            }
        }

        var elapsed = TimeProvider.System.GetElapsedTime(start);
        var line = LongSessionLine.Of(plan, first, elapsed, usages, violations.Count);
        return new BenchOutcome(line.Render(), [line], violations);
    }

    // Files come and go meanwhile.
    private static long? SizeOf(DirectoryInfo? folder)
        => folder?.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Sum(file => file.Exists ? file.Length : 0);
}

/// <summary>The memory and disk space of a service after some contexts.</summary>
/// <param name="Contexts">The number of contexts that had ended.</param>
/// <param name="PrivateBytes">Its private memory, bytes; null if it is not known.</param>
/// <param name="StoredBytes">The size of its data folder, bytes; null if it is not known.</param>
internal sealed record Usage(int Contexts, long? PrivateBytes, long? StoredBytes);
