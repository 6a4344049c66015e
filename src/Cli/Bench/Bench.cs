using System.Globalization;

namespace TtsGrains.Cli.Bench;

/// <summary>What is to be measured.</summary>
/// <param name="Service">The built service.</param>
/// <param name="Levels">How many contexts speak at once.</param>
/// <param name="Length">How long each speaks.</param>
/// <param name="Rounds">How often all is measured.</param>
/// <param name="Listeners">How many listen to one session; empty to measure contexts instead.</param>
internal sealed record BenchPlan(FileInfo Service, IReadOnlyList<int> Levels, TimeSpan Length, int Rounds, IReadOnlyList<int> Listeners);

/// <summary>Starts the processes, warms them up, and measures in rounds that take turns between them.</summary>
internal static class Bench
{
    private const int WarmUpContexts = 50;
    private const int WarmUps = 3;

    private static readonly TimeSpan WarmUpLength = TimeSpan.FromSeconds(5);

    /// <exception cref="BenchFailedException">There is no result.</exception>
    public static async Task RunAsync(BenchPlan plan, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("tts-bench-");
        try
        {
            using var upstream = await BenchCommand.StartUpstreamAsync();
            if (plan.Listeners.Count > 0)
            {
                using var listenedTo = await StartServiceAsync(plan.Service, upstream.Url, data);
                Console.WriteLine(listenedTo.ReadyLine);
                await ListenerBench.RunAsync(plan, listenedTo, cancellationToken);
                return;
            }

            using var relay = await BenchCommand.StartRelayAsync(upstream.Url);
            using var service = await StartServiceAsync(plan.Service, upstream.Url, data);
            Console.WriteLine(service.ReadyLine);
            BenchTarget[] targets = [new("direct", upstream), new("relay", relay), new("service", service)];
            await WarmUpAsync(targets, cancellationToken);
            var results = await MeasureAsync(plan, targets, cancellationToken);
            Console.WriteLine();
            Console.Write(BenchReport.Render(plan.Levels, targets, (target, level) => results[(target, level)]));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static Task<BenchProcess> StartServiceAsync(FileInfo service, Uri upstream, DirectoryInfo data) => BenchProcess.StartAsync(
        "dotnet",
        [service.FullName],
        new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Listen__Http"] = "0",
            ["Listen__Https"] = "0",
            ["Data"] = data.FullName,
            ["Logging__LogLevel__Default"] = "Warning",
            ["Upstreams__main__Url"] = upstream.ToString(),
        });

    private static async Task WarmUpAsync(BenchTarget[] targets, CancellationToken cancellationToken)
    {
        foreach (var target in targets)
        {
            var first = await LoadRound.ProbeOnceAsync(target.Process.Url, cancellationToken);
            var second = await LoadRound.ProbeOnceAsync(target.Process.Url, cancellationToken);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"cold {target.Name}: first audio of the first context {first.TotalMilliseconds:F1} ms, of the second {second.TotalMilliseconds:F1} ms"));
        }

        for (var i = 0; i < WarmUps; i++)
        {
            foreach (var target in targets)
            {
                await LoadRound.RunAsync(target.Process.Url, WarmUpContexts, WarmUpLength, () => TimeSpan.Zero, cancellationToken);
            }
        }
    }

    private static async Task<Dictionary<(BenchTarget, int), RoundResult>> MeasureAsync(BenchPlan plan, BenchTarget[] targets, CancellationToken cancellationToken)
    {
        var rounds = new Dictionary<(BenchTarget, int), List<RoundResult>>();
        for (var round = 0; round < plan.Rounds; round++)
        {
            foreach (var level in plan.Levels)
            {
                // Whoever goes first in one round goes last in another.
                foreach (var target in targets.Skip(round % targets.Length).Concat(targets.Take(round % targets.Length)))
                {
                    Console.WriteLine($"round {round + 1}: {level} contexts {target.Name}");
                    var result = await LoadRound.RunAsync(target.Process.Url, level, plan.Length, () => target.Process.CpuTime, cancellationToken);
                    rounds.TryAdd((target, level), []);
                    rounds[(target, level)].Add(result);
                }
            }
        }

        return rounds.ToDictionary(entry => entry.Key, entry => RoundResult.Together(entry.Value));
    }
}
