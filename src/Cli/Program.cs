using System.CommandLine;
using TtsGrains.Cli;

var root = new RootCommand("TtsGrains: text-to-speech sessions.") { SayCommand.Create() };
return await root.Parse(args).InvokeAsync();
