using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TtsGrains.Cli.Bench;

/// <summary>Options whose value is one or several whole numbers, separated by commas.</summary>
internal static class LevelsOption
{
    /// <summary>The largest number.</summary>
    public const int Max = 1_000_000;

    /// <summary>Creates an option without a default.</summary>
    public static Option<int[]?> Create(string name, string description) => new(name)
    {
        CustomParser = result => Parse(result, name),
        Description = description,
    };

    /// <summary>Reads whole numbers from 1 to <see cref="Max"/>; null if the text is anything else.</summary>
    public static int[]? Parse(string? text)
    {
        var levels = text?.Split(',').Select(level => int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= Max ? number : (int?)null).ToList();
        return levels is null || levels.Contains(null) ? null : [.. levels.OfType<int>()];
    }

    private static int[]? Parse(ArgumentResult result, string name)
    {
        var text = result.Tokens.SingleOrDefault()?.Value;
        if (Parse(text) is { } levels)
        {
            return levels;
        }

        result.AddError($"{name} is '{text}'; it must be whole numbers from 1 to {Max}, separated by commas.");
        return null;
    }
}
