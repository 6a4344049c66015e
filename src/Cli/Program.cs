using System.CommandLine;
using System.CommandLine.Invocation;
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
root.HelpName = "tts";
foreach (var hidden in BenchCommand.CreateHidden())
{
    root.Add(hidden);
}

var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction wrong)
{
    // What is wrong says enough; all that there is comes with --help.
    wrong.ShowHelp = false;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = ClusterCommand.StopPatience });
