using System.Globalization;
using System.Text;
using TtsGrains.Cli.Bench.Load;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Results;

namespace TtsGrains.Cli.Bench.Scenarios;

/// <summary>Sockets with one open context each that has spoken and waits for more text: the memory that each takes, against a relay's.</summary>
internal static class IdleScenario
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    // Longer than any benchmark, so that no context ends while it is measured.
    private static readonly (string, string) Expiry = ("Contexts__Expiry", "1h");

    /// <summary>Measures on a relay and a service that are started.</summary>
    /// <exception cref="BenchFailedException">There is no result.</exception>
    public static async Task<BenchOutcome> RunAsync(BenchPlan plan, ProgressLine progress, CancellationToken cancellationToken)
    {
        progress.Begin("start of upstream, relay and service");
        using var hosts = await BenchHosts.StartAsync(plan.Service);
        BenchTarget[] targets = [await hosts.StartRelayAsync(), await hosts.StartServiceAsync([Expiry])];
        await WarmUp.RunAsync(plan, targets, progress, cancellationToken);
        var lines = new List<IdleLine>();
        var violations = new List<string>();
        foreach (var target in targets)
        {
            lines.Add(await MeasureAsync(plan, target, target.Process!, violations, progress, cancellationToken));
        }

        return new BenchOutcome(Render(lines), lines, violations);
    }

    private static async Task<IdleLine> MeasureAsync(
        BenchPlan plan, BenchTarget target, BenchProcess process, List<string> violations, ProgressLine progress, CancellationToken cancellationToken)
    {
        var count = plan.Sockets!.Value;
        progress.Begin($"{count} sockets through {target.Name}");
        await Task.Delay(Settling, cancellationToken);
        var (privateBefore, workingSetBefore) = (process.PrivateBytes, process.WorkingSet);
        var sockets = new List<LoadSocket>(count);
        var contexts = new List<LoadContext>(count);
        progress.Follow(() => $"{contexts.Count} are open");
        try
        {
            for (var i = 0; i < count; i++)
            {
                sockets.Add(await LoadSocket.ConnectAsync(target, "", cancellationToken));
                var context = new LoadContext(sockets[i].NextNumber(), chunks: 1, plan.Format);
                contexts.Add(context);
                await sockets[i].SpeakAsync(context, cancellationToken, isOpen: true);
            }

            await WaitForAudioAsync(contexts, cancellationToken);
            await Task.Delay(Settling, cancellationToken);
            var (privateAfter, workingSetAfter) = (process.PrivateBytes, process.WorkingSet);
            List<string> found = [.. contexts.Select(context => context.Violation).Concat(sockets.Select(socket => socket.Violation)).OfType<string>().Select(violation => $"{target.Name}: {violation}")];
            violations.AddRange(found);
            return new IdleLine(
                BenchScenario.Idle.ToName(), target.Name, count, Distribution.Of(contexts.Select(context => context.FirstAudio).OfType<TimeSpan>()), privateBefore, privateAfter, (privateAfter - privateBefore) / count, (workingSetAfter - workingSetBefore) / count, found.Count);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task WaitForAudioAsync(List<LoadContext> contexts, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(contexts.Select(context => context.Started)).WaitAsync(LoadRound.Timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            contexts.Where(context => !context.Started.IsCompleted).ToList().ForEach(context => context.OnTimeout());
        }
    }

    private static string Render(List<IdleLine> lines)
    {
        var table = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"| through | idle sockets with a context | first audio, ms {Cell.PercentilesHeading} | private before | after | private of each | working set of each | of relay |")
            .AppendLine("|---|---:|---|---:|---:|---:|---:|---:|");
        foreach (var line in lines)
        {
            var ratio = lines[0].PrivateBytesEach <= 0 ? null : line.PrivateBytesEach / (double?)lines[0].PrivateBytesEach;
            table.AppendLine(CultureInfo.InvariantCulture,
                $"| {line.Through} | {line.Sockets} | {Cell.Of(line.FirstAudioMs)} | {Cell.Megabytes(line.PrivateBytesBefore)} | {Cell.Megabytes(line.PrivateBytesAfter)} | {Cell.Kilobytes(line.PrivateBytesEach)} | {Cell.Kilobytes(line.WorkingSetBytesEach)} | {Cell.Of(ratio)} |");
        }

        return table.ToString();
    }
}

/// <summary>The memory of idle sockets through one target. Its members, in snake case, are the form of <c>--json</c>: names and units do not change.</summary>
internal sealed record IdleLine(
    string Scenario, string Through, int Sockets, Distribution? FirstAudioMs, long PrivateBytesBefore, long PrivateBytesAfter, long PrivateBytesEach, long WorkingSetBytesEach, int Violations);
