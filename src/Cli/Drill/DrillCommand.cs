using System.CommandLine;
using System.Runtime.Versioning;
using System.Text.Json;
using TtsGrains.Cli.Cluster;

namespace TtsGrains.Cli.Drill;

/// <summary><c>drill</c>: breaks a local cluster while calls speak, and reports what they noticed; or checks such a report.</summary>
internal static class DrillCommand
{
    private const int Most = 20;
    private const int MostCalls = 500;

    public static Command Create()
    {
        var bin = new Option<DirectoryInfo?>("--bin") { Hidden = true, Description = "Where the built programs are." };
        var azurite = new Option<FileInfo?>("--azurite") { Hidden = true, Description = "Azurite's blob server." };
        var silos = NumberOption.Create("--silos", 3, 2, Most, "How many processes host grains.");
        var apis = NumberOption.Create("--apis", 2, 2, Most, "How many processes serve clients.");
        var calls = NumberOption.Create("--calls", 10, 1, MostCalls, "How many calls speak at once.");
        var output = new Option<FileInfo>("--out") { DefaultValueFactory = _ => new FileInfo("drill.json"), Description = "Where to write the signed report. Default: drill.json." };
        var verify = new Option<FileInfo?>("--verify") { Description = "Check the signature of a report and print it, in place of a drill." };
        var command = new Command("drill", "Kill an upstream socket, a silo, an API host and the blob store of a local cluster in turn while calls speak, and write a signed report.")
        {
            bin, azurite, silos, apis, calls, output, verify,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(verify) is { } report)
            {
                return await VerifyAsync(report, cancellationToken);
            }

            if (OperatingSystem.IsWindows())
            {
                return Complain("a local cluster needs Linux.");
            }

            if (parsed.GetValue(bin) is not { } programs || parsed.GetValue(azurite) is not { } blobs)
            {
                return Complain("start it as ./tts drill, which builds the programs of the cluster.", ExitCodes.Usage);
            }

            return await RunAsync(
                folder => new ClusterPlan(folder, parsed.GetValue(silos), parsed.GetValue(apis), FirstHttpPort: 0),
                ClusterPrograms.In(programs.FullName, blobs.FullName),
                parsed.GetValue(calls),
                parsed.GetValue(output)!,
                cancellationToken);
        });
        return command;
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task<int> RunAsync(Func<string, ClusterPlan> planOf, ClusterPrograms programs, int calls, FileInfo output, CancellationToken cancellationToken)
    {
        var folder = ClusterCommand.MakeFolder();
        try
        {
            var plan = planOf(folder.FullName);
            await Console.Error.WriteLineAsync("starting the cluster");
            await using var cluster = await DrillCluster.StartAsync(plan, programs, cancellationToken);
            var report = await new DrillRun(cluster, plan, calls, TimeProvider.System).RunAsync(DrillRun.Faults, Console.Error.WriteLine, cancellationToken);
            var signed = SignedReport.Sign(report);
            await File.WriteAllBytesAsync(output.FullName, signed, cancellationToken);
            Print(SignedReport.Verify(signed)!.Value);
            Console.WriteLine(output.FullName);
            return report.IsClean ? ExitCodes.Done : ExitCodes.Refused;
        }
        catch (Exception e) when (e is ChildFailedException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            return Complain($"the drill has no result: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> VerifyAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            if (SignedReport.Verify(await File.ReadAllBytesAsync(file.FullName, cancellationToken)) is not { } report)
            {
                return Complain($"{file.Name} was changed after it was signed.");
            }

            Print(report);
            return ExitCodes.Done;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return Complain($"{file.Name} cannot be checked: {e.Message}");
        }
    }

    private static void Print((DrillReport Report, string Fingerprint) signed)
    {
        foreach (var line in DrillTable.Lines(signed.Report, signed.Fingerprint))
        {
            Console.WriteLine(line);
        }
    }

    private static int Complain(string message, int code = ExitCodes.Refused)
    {
        Console.Error.WriteLine(message);
        return code;
    }
}
