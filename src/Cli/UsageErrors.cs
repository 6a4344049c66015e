using System.CommandLine;
using System.CommandLine.Parsing;

namespace TtsGrains.Cli;

/// <summary>Describes the faults of a command line: one sentence for each, in the words of this program and not of the parser.</summary>
internal static class UsageErrors
{
    /// <summary>Gets the sentences; none if the command line is valid.</summary>
    public static IReadOnlyList<string> Find(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var command = parsed.CommandResult.Command;
        if (UnknownOptions.Find(command, arguments).ToList() is { Count: > 0 } unknown)
        {
            // The parser reports the same options as superfluous arguments or as missing ones.
            return unknown;
        }

        return parsed.Action is { ClearsParseErrors: true } ? []
            : parsed.UnmatchedTokens is [var superfluous, ..] ? [DescribeSuperfluous(command, superfluous)]
            : FindEmpty(parsed.CommandResult).ToList() is { Count: > 0 } empty ? empty
            : [.. parsed.Errors.Select(error => Describe(command, error)).Distinct()];
    }

    /// <summary>Gets the full name of a command, such as "keys new".</summary>
    public static string NameOf(Command command)
        => command is RootCommand ? "tts"
            : command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand ? $"{NameOf(parent)} {command.Name}"
            : command.Name;

    // A shell passes an unset variable in quotes as an empty value.
    private static IEnumerable<string> FindEmpty(CommandResult command)
        => from child in command.Children
           where child.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))
           select child is OptionResult option ? $"{option.Option.Name} is empty." : $"The {((ArgumentResult)child).Argument.Name} is empty.";

    private static string DescribeSuperfluous(Command command, string argument)
        => IsGroup(command)
            ? $"{NameOf(command)} has no command {argument}.{Suggestion.For(argument, CommandsOf(command))}"
            : $"{NameOf(command)} takes no further argument, but is given '{argument}'; --help explains its arguments.";

    private static string Describe(Command command, ParseError error) => error.SymbolResult switch
    {
        CommandResult when IsGroup(command) => $"{NameOf(command)} needs a command: {Words.Or(CommandsOf(command))}.",
        ArgumentResult { Tokens.Count: 0 } argument => $"{NameOf(command)} needs an argument <{argument.Argument.Name}>; --help explains it.",
        OptionResult { IdentifierTokenCount: 0, Option.Required: true } missing => $"{NameOf(command)} needs the option {missing.Option.Name}.",
        OptionResult { Tokens.Count: 0, IdentifierTokenCount: > 0 } bare => $"{bare.Option.Name} needs a value.",
        OptionResult repeated when repeated.Tokens.Count > repeated.Option.Arity.MaximumNumberOfValues => $"{repeated.Option.Name} is given {repeated.Tokens.Count} times; it takes one value.",
        _ => error.Message,
    };

    private static bool IsGroup(Command command) => command.Action is null && command.Subcommands.Count > 0;

    private static IEnumerable<string> CommandsOf(Command command) => command.Subcommands.Where(child => !child.Hidden).Select(child => child.Name);
}
