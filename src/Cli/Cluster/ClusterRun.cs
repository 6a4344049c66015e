using System.Runtime.Versioning;
using System.Text.RegularExpressions;

namespace TtsGrains.Cli.Cluster;

/// <summary>Runs a whole local cluster: database, archive, voice, silos and API hosts, each a process; and stops it in the other order.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed partial class ClusterRun(ClusterPlan plan, ClusterPrograms programs, bool restart) : IAsyncDisposable
{
    // Longer than a silo or an API host takes to drain.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<ChildProcess> _silos = [];
    private readonly List<ChildProcess> _apis = [];
    private PrivatePostgres? _postgres;
    private AzuriteServer? _azurite;
    private ChildProcess? _voice;

    /// <summary>Starts all of it and keeps it until it is cancelled.</summary>
    /// <exception cref="ChildFailedException">A part did not start.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(plan.Folder);
        _postgres = await PrivatePostgres.StartAsync(plan.FolderOf("postgres"), isDurable: true, cancellationToken);
        _azurite = await AzuriteServer.StartAsync(programs.Azurite, plan.FolderOf("archive"), cancellationToken);
        var upstream = await FindUpstreamAsync(cancellationToken);
        var services = new ClusterServices(_postgres.ConnectionString, _azurite.ConnectionString, upstream, IsEmbeddedVoice: _voice is not null);

        await Task.WhenAll(plan.SiloNames.Select(name => StartAsync(_silos, SiloProgram(name, services), cancellationToken)));
        var urls = await Task.WhenAll(plan.ApiNames.Select(name => StartAsync(_apis, ApiProgram(name, services), cancellationToken)));
        Console.Out.WriteLine($"ready {string.Join(' ', urls.Select(line => HttpAddress().Match(line).Value))} silos={plan.Silos} data={plan.Folder}");
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(_apis);
        await StopAsync(_silos);
        await StopAsync(_voice is null ? [] : [_voice]);
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    // An upstream of one's own comes by the environment, as to a single host. The embedded voice is one process for all silos.
    private async Task<string> FindUpstreamAsync(CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("Upstreams__main__Url") is { Length: > 0 } url)
        {
            return url;
        }

        // It forgets a context as soon as Cartesia does.
        var settings = new Dictionary<string, string> { ["LocalVoice:ContextExpiry"] = "00:00:01" };
        var program = ChildProgram.Dotnet("voice", programs.LocalVoice, settings) with { IsReady = line => line.StartsWith("ws://", StringComparison.Ordinal) };
        _voice = await ChildProcess.StartAsync(program, StartTimeout, cancellationToken, PrintOutput("voice"));
        Watch(_voice, program, [], cancellationToken);
        return (await _voice.Ready).Split(' ')[0];
    }

    private ChildProgram SiloProgram(string name, ClusterServices services) => ChildProgram.Dotnet(name, programs.Silo, plan.SettingsOfSilo(name, services));

    private ChildProgram ApiProgram(string name, ClusterServices services) => ChildProgram.Dotnet(name, programs.ApiHost, plan.SettingsOfApi(name, services));

    private async Task<string> StartAsync(List<ChildProcess> members, ChildProgram program, CancellationToken cancellationToken)
    {
        var child = ChildProcess.Start(program, PrintOutput(program.Name));
        lock (_gate)
        {
            members.Add(child);
        }

        var line = await child.Ready.WaitAsync(StartTimeout, cancellationToken);
        Watch(child, program, members, cancellationToken);
        return line;
    }

    private void Watch(ChildProcess child, ChildProgram program, List<ChildProcess> members, CancellationToken cancellationToken) => _ = Task.Run(
        async () =>
        {
            var code = await child.Exited;
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await Console.Error.WriteLineAsync($"{program.Name} ended with exit code {code}{(restart ? "; it is started again" : "")}");
            if (restart)
            {
                await Task.Delay(RestartDelay, cancellationToken);
                await StartAsync(members, program, cancellationToken);
            }
        },
        cancellationToken);

    private async Task StopAsync(List<ChildProcess> members)
    {
        ChildProcess[] running;
        lock (_gate)
        {
            running = [.. members];
        }

        await Task.WhenAll(running.Select(async child =>
        {
            if (!await child.StopAsync(StopTimeout))
            {
                await Console.Error.WriteLineAsync($"{child.Name} did not stop within {StopTimeout.TotalSeconds} s and was killed");
            }

            await child.DisposeAsync();
        }));
    }

    // Ready lines are for people and scripts; all else is a log.
    private static Action<string> PrintOutput(string name)
        => line => (line.StartsWith("ready ", StringComparison.Ordinal) ? Console.Out : Console.Error).WriteLine($"{name}: {line}");

    [GeneratedRegex(@"http=\S+")]
    private static partial Regex HttpAddress();
}

/// <summary>Where the programs of a cluster are.</summary>
/// <param name="Silo">TtsGrains.Silo.dll.</param>
/// <param name="ApiHost">TtsGrains.ApiHost.dll.</param>
/// <param name="LocalVoice">TtsGrains.LocalVoice.dll.</param>
/// <param name="Azurite">Azurite's blob server.</param>
internal sealed record ClusterPrograms(string Silo, string ApiHost, string LocalVoice, string Azurite)
{
    /// <param name="folder">A folder that the build fills, with one folder for each project.</param>
    /// <param name="azurite">Azurite's blob server.</param>
    public static ClusterPrograms In(string folder, string azurite)
    {
        return new ClusterPrograms(Find("Silo"), Find("ApiHost"), Find("LocalVoice"), azurite);

        string Find(string project) => Path.Combine(folder, project, "release", $"TtsGrains.{project}.dll");
    }
}
