using Microsoft.Extensions.Configuration;

namespace TtsGrains.Settings;

/// <summary>Reads the keys of sections against their options classes.</summary>
internal sealed class SettingsReader
{
    /// <summary>A sentence for every unknown key and every value of the wrong type.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>The values that are right, in the form that the configuration binder reads, by their keys.</summary>
    public Dictionary<string, string?> Values { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads settings at the root. Other keys there belong to others, such as the variables of the environment.</summary>
    public void ReadRoot(IConfiguration configuration, Type options)
    {
        foreach (var setting in Setting.Of(options))
        {
            Read(configuration.GetSection(setting.Name), setting);
        }
    }

    /// <summary>Reads a section.</summary>
    public void Read(IConfigurationSection section, Type options)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            Faults.Add($"{section.Path} is a section and takes no value; its settings are {section.Path}:{Setting.Of(options)[0].Name} and others.");
        }

        var settings = Setting.Of(options);
        foreach (var child in section.GetChildren())
        {
            if (settings.FirstOrDefault(known => known.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } setting)
            {
                Read(child, setting);
            }
            else
            {
                Faults.Add($"{child.Path} is no setting.{Suggestion.For(child.Path, settings.Select(known => $"{section.Path}:{known.Name}"))}");
            }
        }
    }

    private void Read(IConfigurationSection section, Setting setting)
    {
        var children = section.GetChildren();
        if (setting.IsNested)
        {
            Read(section, setting.ValueType);
        }
        else if (setting.IsList)
        {
            if (!string.IsNullOrEmpty(section.Value))
            {
                Faults.Add($"{section.Path} is a list; its first value is the setting {section.Path}:0.");
            }

            ReadList(children);
        }
        else if (children.FirstOrDefault() is { } child)
        {
            Faults.Add($"{child.Path} is no setting. Did you mean {section.Path}?");
        }
        else if (section.Value is { } text)
        {
            ReadValue(section.Path, text, setting);
        }
    }

    private void ReadList(IEnumerable<IConfigurationSection> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.GetChildren().FirstOrDefault() is { } child)
            {
                Faults.Add($"{child.Path} is no setting. Did you mean {entry.Path}?");
            }
            else
            {
                Values[entry.Path] = entry.Value;
            }
        }
    }

    private void ReadValue(string key, string text, Setting setting)
    {
        if (setting.Convert(key, text, out var normalized) is { } fault)
        {
            Faults.Add(fault);
        }
        else
        {
            Values[key] = normalized;
        }
    }
}
