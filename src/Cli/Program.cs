using System.CommandLine;
using TtsGrains.Cli;
using TtsGrains.Cli.Bench;
using TtsGrains.Cli.Cluster;
using TtsGrains.Cli.Keys;
using TtsGrains.Cli.Sessions;

var root = new RootCommand($"TtsGrains: text-to-speech sessions. {ExitCodes.Help}")
{
    SayCommand.Create(),
    ListenCommand.Create(),
    SessionsCommand.Create(),
    ExportCommand.Create(),
    EraseCommand.Create(),
    KeysCommand.Create(),
    BenchCommand.Create(),
    ClusterCommand.Create(),
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

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = ClusterCommand.StopPatience });
