using System.CommandLine;
using TtsGrains.Cli;
using TtsGrains.Cli.Bench;
using TtsGrains.Cli.Cluster;
using TtsGrains.Cli.Drill;
using TtsGrains.Cli.Sessions;
using TtsGrains.Cli.Tenants;

var root = new RootCommand($"TtsGrains: text-to-speech sessions. {ExitCodes.Help}")
{
    SayCommand.Create(),
    ListenCommand.Create(),
    SessionsCommand.Create(),
    ExportCommand.Create(),
    EraseCommand.Create(),
    TtsGrains.Cli.Keys.KeysCommand.Create(),
    TenantsCommand.Create(),
    BenchCommand.Create(),
    ClusterCommand.Create(),
    DrillCommand.Create(),
};
root.HelpName = "tts";
foreach (var hidden in BenchCommand.CreateHidden())
{
    root.Add(hidden);
}

var parsed = root.Parse(args);
if (UsageErrors.Find(parsed, args) is { Count: > 0 } errors)
{
    foreach (var error in errors)
    {
        Console.Error.WriteLine(error);
    }

    return ExitCodes.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = ClusterCommand.StopTimeout });
