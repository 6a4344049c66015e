using System.CommandLine;
using System.Runtime.Versioning;

namespace TtsGrains.Cli.Cluster;

/// <summary><c>cluster</c>: a whole cluster on this machine, until Ctrl-C.</summary>
internal static class ClusterCommand
{
    /// <summary>How long its end may take: all that it started is stopped in order.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(3);

    private const int Most = 20;

    // Leaves room for the ports of the other API hosts.
    private const int LastFirstPort = 65_500;

    public static Command Create()
    {
        var bin = new Option<DirectoryInfo>("--bin") { Required = true, Hidden = true, Description = "Where the built programs are." };
        var azurite = new Option<FileInfo>("--azurite") { Required = true, Hidden = true, Description = "Azurite's blob server." };
        var silos = NumberOption.Create("--silos", 3, 1, Most, "How many processes host grains.");
        var apis = NumberOption.Create("--apis", 2, 1, Most, "How many processes serve clients.");
        var http = NumberOption.Create("--http", 8080, 0, LastFirstPort, "The port of the first of them; the others follow. 0: free ones.");
        var data = new Option<DirectoryInfo?>("--data") { Description = "Where all of it keeps what it has. Without it, a folder that goes with the cluster." };
        var restart = new Option<bool>("--restart") { Description = "Start a silo, an API host or the voice again when it ends unexpectedly." };
        var command = new Command("cluster", "Run a whole cluster on this machine.") { bin, azurite, silos, apis, http, data, restart };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (OperatingSystem.IsWindows())
            {
                return Complain("a local cluster needs Linux.");
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
    internal static DirectoryInfo MakeFolder()
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
}
