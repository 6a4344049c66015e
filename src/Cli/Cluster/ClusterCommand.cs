using System.CommandLine;
using System.Runtime.Versioning;

namespace TtsGrains.Cli.Cluster;

/// <summary><c>cluster</c>: a whole cluster on this machine, until Ctrl-C.</summary>
internal static class ClusterCommand
{
    /// <summary>How long its end may take: all that it started is stopped in order.</summary>
    public static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(3);

    private const int Most = 20;

    public static Command Create()
    {
        var bin = new Option<DirectoryInfo>("--bin") { Required = true, Hidden = true, Description = "Where the built programs are." };
        var azurite = new Option<FileInfo>("--azurite") { Required = true, Hidden = true, Description = "Azurite's blob server." };
        var silos = new Option<int>("--silos") { DefaultValueFactory = _ => 3, Description = "How many processes host grains." };
        var apis = new Option<int>("--apis") { DefaultValueFactory = _ => 2, Description = "How many processes serve clients." };
        var http = new Option<int>("--http") { DefaultValueFactory = _ => 8080, Description = "The port of the first of them; the others follow. 0: free ones." };
        var data = new Option<DirectoryInfo?>("--data") { Description = "Where all of it keeps what it has. Without it, a folder that goes with the cluster." };
        var restart = new Option<bool>("--restart") { Description = "Start a silo, an API host or the voice again when it ends by itself." };
        var command = new Command("cluster", "Run a whole cluster on this machine.") { bin, azurite, silos, apis, http, data, restart };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (OperatingSystem.IsWindows())
            {
                return Complain("a local cluster needs Linux.");
            }

            if (parsed.GetValue(silos) is < 1 or > Most || parsed.GetValue(apis) is < 1 or > Most || parsed.GetValue(http) is < 0 or > 65_500)
            {
                return ComplainOfUsage($"--silos and --apis take numbers from 1 to {Most}, --http a port.");
            }

            var folder = parsed.GetValue(data);
            var place = folder ?? MakeFolder();
            try
            {
                var plan = new ClusterPlan(place.FullName, parsed.GetValue(silos), parsed.GetValue(apis), parsed.GetValue(http));
                await using var run = new ClusterRun(
                    plan, ClusterPrograms.In(parsed.GetValue(bin)!.FullName, parsed.GetValue(azurite)!.FullName), parsed.GetValue(restart));
                await run.RunAsync(cancellationToken);
                return 0;
            }
            catch (ChildFailedException e)
            {
                return Complain($"the cluster did not start: {e.Message}");
            }
            catch (OperationCanceledException)
            {
                return 0;
            }
            finally
            {
                if (folder is null)
                {
                    place.Delete(recursive: true);
                }
            }
        });
        return command;
    }

    // The database's user must reach it, which a folder made for one user only would not allow.
    [UnsupportedOSPlatform("windows")]
    private static DirectoryInfo MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory("tts-cluster-");
        folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return folder;
    }

    private static int Complain(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCodes.Refused;
    }

    private static int ComplainOfUsage(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCodes.Usage;
    }
}
