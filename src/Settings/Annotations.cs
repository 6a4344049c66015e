using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace TtsGrains.Settings;

/// <summary>Checks options against their data annotations.</summary>
public static class Annotations
{
    /// <summary>Gets a sentence for every value that breaks a rule.</summary>
    /// <param name="path">The key of the options' section.</param>
    /// <param name="options">The options.</param>
    public static IEnumerable<string> Check(string path, object options)
        => from setting in Setting.Of(options.GetType())
           let value = setting.Property.GetValue(options)
           from rule in setting.Property.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>()
           where !rule.IsValid(value)
           select $"{path}:{setting.Name} is {Quote(setting, value)}; it must be {Describe(rule)}.";

    /// <summary>Describes the values that a rule allows, such as "1 to 100".</summary>
    public static string Describe(ValidationAttribute rule) => rule switch
    {
        RangeAttribute { OperandType: var type } range when type == typeof(TimeSpan) => $"{Duration.Format(Time(range.Minimum))} to {Duration.Format(Time(range.Maximum))}",
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{range.Minimum:#,0.##} to {range.Maximum:#,0.##}"),
        AllowedValuesAttribute allowed => Words.Or(allowed.Values.Select(value => value?.ToString()?.ToLowerInvariant() ?? "empty")),
        RegularExpressionAttribute pattern => $"text of the form {pattern.Pattern}",
        _ => rule.FormatErrorMessage("the value"),
    };

    private static string Quote(Setting setting, object? value) => value switch
    {
        null => "missing",
        TimeSpan duration => Duration.Format(duration),
        string or Uri => "invalid",
        _ => System.Convert.ToString(value, CultureInfo.InvariantCulture) is { } text && setting.ValueType.IsEnum ? text.ToLowerInvariant()
            : System.Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // The attribute converts its limits when it is first used.
    private static TimeSpan Time(object limit) => limit as TimeSpan? ?? TimeSpan.Parse((string)limit, CultureInfo.InvariantCulture);
}
