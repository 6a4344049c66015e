using System.CommandLine;

namespace TtsGrains.Cli;

/// <summary>
/// Finds options that a command does not have. The parser takes an unknown option as text where a command takes any text, so a misspelt <c>--key</c> would
/// be spoken. After <c>--</c> everything is text.
/// </summary>
internal static class UnknownOptions
{
    // A suggestion further away than this is rather another word.
    private const int MaxDistance = 2;

    /// <summary>Returns a sentence for each unknown option.</summary>
    public static IEnumerable<string> Find(Command command, IEnumerable<string> arguments)
    {
        string[] known = [.. Names(command)];
        return arguments.TakeWhile(argument => argument != "--")
            .Where(argument => argument.StartsWith("--", StringComparison.Ordinal))
            .Select(argument => argument.Split('=', ':')[0])
            .Where(name => !known.Contains(name, StringComparer.Ordinal))
            .Select(name => Nearest(name, known) is { } nearest
                ? $"{command.Name} has no option {name}; did you mean {nearest}?"
                : $"{command.Name} has no option {name}; --help lists them.");
    }

    private static IEnumerable<string> Names(Command command)
        => command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Concat(command.Parents.OfType<Command>().SelectMany(Names));

    private static string? Nearest(string name, IEnumerable<string> known)
        => known.Where(other => other.StartsWith("--", StringComparison.Ordinal))
            .Select(other => (Name: other, Distance: Distance(name, other)))
            .Where(candidate => candidate.Distance <= MaxDistance)
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault().Name;

    // Levenshtein's edit distance.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
