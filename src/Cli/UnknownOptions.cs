using System.CommandLine;
using TtsGrains.Settings;

namespace TtsGrains.Cli;

/// <summary>
/// Finds options that a command does not have. The parser takes an unknown option as text where a command takes any text, so a misspelt <c>--key</c> would
/// be spoken. After <c>--</c> everything is text.
/// </summary>
internal static class UnknownOptions
{
    // Option names are short: a more distant one is another word.
    private const int MaxDistance = 2;

    /// <summary>Returns a sentence for each unknown option.</summary>
    public static IEnumerable<string> Find(Command command, IEnumerable<string> arguments)
    {
        string[] known = [.. Names(command)];
        return arguments.TakeWhile(argument => argument != "--")
            .Where(argument => argument.StartsWith("--", StringComparison.Ordinal))
            .Select(argument => argument.Split('=', ':')[0])
            .Where(name => !known.Contains(name, StringComparer.Ordinal))
            .Select(name => Suggestion.Find(name.TrimStart('-'), [.. known.Select(option => option.TrimStart('-'))], MaxDistance) is { } nearest
                ? $"{command.Name} has no option {name}; did you mean --{nearest}?"
                : $"{command.Name} has no option {name}; --help lists them.");
    }

    private static IEnumerable<string> Names(Command command)
        => command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Concat(command.Parents.OfType<Command>().SelectMany(Names));
}
