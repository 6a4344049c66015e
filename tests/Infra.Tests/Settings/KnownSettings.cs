using TtsGrains.ApiHost.Hosting;

namespace TtsGrains.Infra.Tests.Settings;

/// <summary>Every setting that the service has. <c>*</c> stands for a name that the operator gives, or a number.</summary>
internal static class KnownSettings
{
    private static readonly string[] Single = [.. ApiHostSettings.Catalogue.Sections.Where(section => section.Name.Length == 0).SelectMany(section => Of(section.Options, ""))];

    private static readonly string[] All =
    [
        .. ApiHostSettings.Catalogue.Sections.SelectMany(section => Of(
            section.Options, section.Name.Length == 0 ? "" : section.Entry is null ? $"{section.Name}:" : $"{section.Name}:*:")),
    ];

    /// <summary>Whether there is such a setting.</summary>
    /// <param name="name">Parted by colons, or by double underscores as in the environment.</param>
    public static bool Have(string name)
    {
        var parts = name.Replace("__", ":", StringComparison.Ordinal).Split(':');
        return All.Any(known => known.Split(':') is var other && other.Length == parts.Length
            && other.Zip(parts).All(pair => pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>True if there is such a setting, a list of that name, or a section or group of settings.</summary>
    public static bool IsSectionOrSetting(string name)
    {
        var parts = name.Replace("__", ":", StringComparison.Ordinal).Split(':');
        return All.Any(known => known.Split(':') is var other && other.Length >= parts.Length
            && other.Zip(parts).All(pair => pair.First == "*" || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Whether the name of an environment variable is meant as a setting of the service.</summary>
    public static bool IsMeant(string variable) => variable.Contains("__", StringComparison.Ordinal) || Single.Contains(variable);

    /// <summary>A duration, as settings are written.</summary>
    public static TimeSpan Time(string text)
        => Duration.TryParse(text, out var duration) ? duration : throw new FormatException($"'{text}' is not {Duration.Forms}.");

    private static IEnumerable<string> Of(Type options, string prefix)
        => Setting.Of(options).SelectMany(setting => setting.IsNested ? Of(setting.ValueType, $"{prefix}{setting.Name}:")
            : setting.IsList ? [$"{prefix}{setting.Name}:*"] : [$"{prefix}{setting.Name}"]);
}
