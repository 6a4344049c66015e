using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace TtsGrains.Settings;

/// <summary>Uses an options validator as the rule of a section.</summary>
public static partial class ValidatorRule
{
    /// <summary>Gets the validator's failures; the name of the options is the last part of their key.</summary>
    public static Func<string, T, IEnumerable<string>> Of<T>(IValidateOptions<T> validator)
        where T : class
        => (path, options) => (validator.Validate(path[(path.LastIndexOf(':') + 1)..], options).Failures ?? []).Select(Rephrase);

    /// <summary>Removes the words that <see cref="ValidateOptionsResultBuilder"/> adds: "Property Archive:Path: is empty".</summary>
    internal static string Rephrase(string failure) => PropertyPrefix().Replace(failure, "${setting} ");

    [GeneratedRegex(@"^Property (?<setting>\S+): ")]
    private static partial Regex PropertyPrefix();
}
