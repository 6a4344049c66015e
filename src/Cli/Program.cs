using System.CommandLine;
using System.CommandLine.Invocation;
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
var wrong = UnknownOptions.Find(parsed.CommandResult.Command, args)
    .Concat(parsed.Action is ParseErrorAction ? parsed.Errors.Select(error => error.Message) : [])
    .ToList();
if (wrong.Count > 0)
{
    wrong.ForEach(Console.Error.WriteLine);
    return ExitCodes.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = ClusterCommand.StopPatience });
