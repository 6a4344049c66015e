using Microsoft.Extensions.Configuration;

namespace TtsGrains.Settings;

/// <summary>All settings of a program: used to check its configuration and to document it.</summary>
/// <param name="sections">The sections that belong to the program.</param>
/// <param name="rules">Get a sentence for every fault that concerns several sections.</param>
public sealed class SettingsCatalogue(IReadOnlyList<SettingsSection> sections, params Func<IConfiguration, IEnumerable<string>>[] rules)
{
    // "Listen" and "Listeners" are both sections; a shorter distance tells misspelt names from other programs' variables.
    private const int SectionDistance = 2;

    /// <summary>The sections.</summary>
    public IReadOnlyList<SettingsSection> Sections => sections;

    /// <summary>Names of sections of the service's other programs, which may be set for all of them; they are not checked here.</summary>
    public IReadOnlyList<string> Foreign { get; init; } = [];

    /// <summary>
    /// Checks the configuration: unknown keys, values of the wrong type, and rules. Then puts durations into the form that the configuration binder reads.
    /// </summary>
    /// <exception cref="SettingsException">Names every fault.</exception>
    public void Apply(IConfigurationManager configuration)
    {
        var faults = Check(configuration, out var normalized);
        if (faults.Count > 0)
        {
            throw new SettingsException(string.Join(Environment.NewLine, faults));
        }

        configuration.AddInMemoryCollection(normalized);
    }

    /// <summary>Gets every fault, and the normalized values of those settings that have none.</summary>
    public IReadOnlyList<string> Check(IConfiguration configuration, out IReadOnlyDictionary<string, string?> normalized)
    {
        var reader = new SettingsReader();
        List<(SettingsSection Section, string Path)> found = [];
        reader.Faults.AddRange(configuration.GetChildren().SelectMany(CheckName));
        foreach (var section in sections)
        {
            if (section.Name.Length == 0)
            {
                reader.ReadRoot(configuration, section.Options);
            }
            else if (section.Entry is null)
            {
                reader.Read(configuration.GetSection(section.Name), section.Options);
                found.Add((section, section.Name));
            }
            else
            {
                foreach (var entry in configuration.GetSection(section.Name).GetChildren())
                {
                    reader.Read(entry, section.Options);
                    found.Add((section, entry.Path));
                }
            }
        }

        // Options with a value of the wrong type have their default here, which breaks no rule.
        var valid = new ConfigurationBuilder().AddInMemoryCollection(reader.Values).Build();
        reader.Faults.AddRange(found.SelectMany(options => options.Section.Check(options.Path, Bind(valid.GetSection(options.Path), options.Section.Options))));
        reader.Faults.AddRange(rules.SelectMany(rule => rule(configuration)));
        normalized = reader.Values;
        return [.. reader.Faults.Distinct()];
    }

    private IEnumerable<string> CheckName(IConfigurationSection child)
    {
        string[] names = [.. sections.Select(section => section.Name).Where(name => name.Length > 0).Concat(Foreign)];
        return !names.Contains(child.Key, StringComparer.OrdinalIgnoreCase) && child.GetChildren().Any() && Suggestion.Find(child.Key, names, SectionDistance) is { } meant
            ? [$"{child.Key} is no section of the settings. Did you mean {meant}?"]
            : [];
    }

    private static object Bind(IConfigurationSection section, Type type)
    {
        var options = Activator.CreateInstance(type)!;
        section.Bind(options);
        return options;
    }
}
