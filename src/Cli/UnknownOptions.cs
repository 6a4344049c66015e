using System.CommandLine;
using System.Text.RegularExpressions;

namespace TtsGrains.Cli;

/// <summary>
/// Finds options that a command does not have. The parser takes an unknown option as text where a command takes any text, so a misspelt <c>--key</c> would
/// be spoken. After <c>--</c> everything is text.
/// </summary>
internal static partial class UnknownOptions
{
    // Option names are short: a more distant one is another word.
    private const int MaxDistance = 2;

    /// <summary>Returns a sentence for each unknown option.</summary>
    public static IEnumerable<string> Find(Command command, IEnumerable<string> arguments)
    {
        Option[] known = [.. OptionsOf(command)];
        string[] names = [.. known.SelectMany(option => option.Aliases.Append(option.Name))];
        string[] suggested = [.. known.Where(option => !option.Hidden).Select(option => option.Name.TrimStart('-'))];
        return arguments.TakeWhile(argument => argument != "--")
            .Where(argument => OptionForm().IsMatch(argument))
            .Select(argument => argument.Split('=', ':')[0])
            .Where(name => !names.Contains(name, StringComparer.Ordinal))
            .Select(name => $"{UsageErrors.NameOf(command)} has no option {name}; "
                + (Suggestion.Find(name.TrimStart('-'), suggested, MaxDistance) is { } nearest ? $"did you mean --{nearest}?" : "--help lists them."));
    }

    private static IEnumerable<Option> OptionsOf(Command command)
        => command.Options.Concat(command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(option => option.Recursive));

    // "-5 degrees" and "-well, then" are texts.
    [GeneratedRegex(@"^(--.*|-[A-Za-z?]\S*)$", RegexOptions.Singleline)]
    private static partial Regex OptionForm();
}
