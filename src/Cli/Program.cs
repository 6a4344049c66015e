using System.CommandLine;
using TtsGrains.Cli;
using TtsGrains.Cli.Bench;
using TtsGrains.Cli.Cluster;
using TtsGrains.Cli.Sessions;

var root = new RootCommand("TtsGrains: text-to-speech sessions.")
{
    SayCommand.Create(),
    ListenCommand.Create(),
    SessionsCommand.Create(),
    ExportCommand.Create(),
    EraseCommand.Create(),
    BenchCommand.Create(),
    ClusterCommand.Create(),
};
foreach (var hidden in BenchCommand.CreateHidden())
{
    root.Add(hidden);
}

return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = ClusterCommand.StopPatience });
