using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TtsGrains.Settings;

/// <summary>Writes the table of all settings from the options classes: types and defaults from the code, meanings from its XML documentation.</summary>
public static partial class SettingsDocument
{
    private static readonly Dictionary<Assembly, XDocument> Documentation = [];

    /// <summary>Writes the settings of a catalogue as Markdown.</summary>
    /// <exception cref="InvalidOperationException">A setting has no XML summary.</exception>
    public static string Write(SettingsCatalogue catalogue)
    {
        var text = new StringBuilder();
        foreach (var section in catalogue.Sections)
        {
            var path = section.Entry is null ? section.Name : $"{section.Name}:{section.Entry}";
            text.Append(CultureInfo.InvariantCulture, $"## {(path.Length == 0 ? "General" : $"`{path}`")}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"{Summary($"T:{section.Options.FullName}", section.Options.Assembly)}\n\n");
            text.Append("| setting | type | default | meaning |\n|---|---|---|---|\n");
            WriteRows(text, path, section.Options);
            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void WriteRows(StringBuilder text, string path, Type options)
    {
        var defaults = Activator.CreateInstance(options)!;
        foreach (var setting in Setting.Of(options))
        {
            var key = path.Length == 0 ? setting.Name : $"{path}:{setting.Name}";
            if (setting.IsNested)
            {
                WriteRows(text, key, setting.ValueType);
                continue;
            }

            var summary = Summary($"P:{setting.Property.DeclaringType!.FullName}.{setting.Name}", options.Assembly);
            var stated = DefaultSentence().Match(summary);
            var value = Format(setting, setting.Property.GetValue(defaults)) ?? (stated.Success ? stated.Groups["value"].Value : "none");
            var meaning = DefaultSentence().Replace(summary, "").Trim();
            text.Append(CultureInfo.InvariantCulture, $"| `{key}{(setting.IsList ? ":<n>" : "")}` | {Describe(setting)} | {Cell(value)} | {Cell(meaning)} |\n");
        }
    }

    private static string Describe(Setting setting)
    {
        var kind = setting.ValueType.IsEnum ? Words.Or(setting.Choices.Select(choice => $"`{choice}`"))
            : setting.ValueType == typeof(TimeSpan) ? "duration"
            : setting.ValueType == typeof(bool) ? "`true` or `false`"
            : setting.ValueType == typeof(double) ? "number"
            : setting.ValueType == typeof(int) || setting.ValueType == typeof(long) ? setting.Name.EndsWith("Bytes", StringComparison.Ordinal) ? "bytes" : "whole number"
            : setting.ValueType == typeof(Uri) ? "address"
            : setting.IsList ? "list of text" : "text";
        var rules = setting.Property.GetCustomAttributes(inherit: true).OfType<RangeAttribute>().Select(Annotations.Describe);
        return string.Join(", ", rules.Prepend(kind));
    }

    // Null if the code has no default: then the summary may state one.
    private static string? Format(Setting setting, object? value) => value switch
    {
        null or "" => null,
        _ when setting.IsList => null,
        TimeSpan duration => Duration.Format(duration),
        Enum choice => $"`{choice.ToString().ToLowerInvariant()}`",
        bool flag => flag ? "`true`" : "`false`",
        int or long when setting.Name.EndsWith("Bytes", StringComparison.Ordinal) => Bytes(System.Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        int or long or double => string.Create(CultureInfo.InvariantCulture, $"{value:#,0.##}"),
        _ => $"`{System.Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    private static string Bytes(long count)
        => count % (1L << 30) == 0 ? $"{count >> 30} GiB" : count % (1L << 20) == 0 ? $"{count >> 20} MiB" : $"{count >> 10} KiB";

    private static string Summary(string member, Assembly assembly)
    {
        if (!Documentation.TryGetValue(assembly, out var document))
        {
            document = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
            Documentation.Add(assembly, document);
        }

        var summary = document.Descendants("member").FirstOrDefault(known => known.Attribute("name")?.Value == member.Replace('+', '.'))?.Element("summary")
            ?? throw new InvalidOperationException($"{member} has no XML summary; docs/settings.md needs one.");
        return Spaces().Replace(string.Concat(summary.Nodes().Select(Render)), " ").Trim();
    }

    private static string Render(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element when element.Attribute("cref")?.Value is { } reference => $"`{reference[(reference.LastIndexOf('.') + 1)..]}`",
        XElement element => element.Value,
        _ => "",
    };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\s*Default: (?<value>[^ ]([^.]|\.(?=\S))*)\.")]
    private static partial Regex DefaultSentence();
}
