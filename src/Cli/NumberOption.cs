using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TtsGrains.Cli;

/// <summary>Options whose value is a whole number within limits.</summary>
internal static class NumberOption
{
    /// <summary>Creates an option with a default.</summary>
    public static Option<int> Create(string name, int byDefault, int min, int max, string description) => new(name)
    {
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => Parse(result, name, min, max),
        Description = description,
    };

    /// <summary>Creates an option without a default.</summary>
    public static Option<int?> CreateOptional(string name, int min, int max, string description) => new(name)
    {
        CustomParser = result => Parse(result, name, min, max),
        Description = description,
    };

    private static int Parse(ArgumentResult result, string name, int min, int max)
    {
        var text = result.Tokens.SingleOrDefault()?.Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        result.AddError(string.Create(
            CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be a whole number {(max == int.MaxValue ? $"of at least {min}" : $"from {min} to {max}")}."));
        return min;
    }
}
