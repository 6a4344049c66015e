namespace TtsGrains.Settings;

/// <summary>A section of the configuration and the options class that it is bound to.</summary>
public sealed class SettingsSection
{
    private readonly Func<string, object, IEnumerable<string>> _check;

    private SettingsSection(string name, string? entry, Type options, Func<string, object, IEnumerable<string>> check)
        => (Name, Entry, Options, _check) = (name, entry, options, check);

    /// <summary>Its name; empty for settings at the root.</summary>
    public string Name { get; }

    /// <summary>The placeholder of its entries' names, such as <c>&lt;id&gt;</c>, if it holds one options object per name; else null.</summary>
    public string? Entry { get; }

    /// <summary>The options class.</summary>
    public Type Options { get; }

    /// <summary>A section that is one options object.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rules">Get a sentence for every fault beside those that the class's annotations find, by the key of the section.</param>
    public static SettingsSection Of<T>(string name, params Func<string, T, IEnumerable<string>>[] rules)
        where T : class, new()
        => new(name, null, typeof(T), All(rules));

    /// <summary>A section that is a named options object for each of its children.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="entry">The placeholder of the names.</param>
    /// <param name="rules">As of <see cref="Of"/>, by the key of the child.</param>
    public static SettingsSection Each<T>(string name, string entry, params Func<string, T, IEnumerable<string>>[] rules)
        where T : class, new()
        => new(name, entry, typeof(T), All(rules));

    /// <summary>Gets a sentence for every fault of bound options.</summary>
    internal IEnumerable<string> Check(string path, object options) => Annotations.Check(path, options).Concat(_check(path, options));

    private static Func<string, object, IEnumerable<string>> All<T>(Func<string, T, IEnumerable<string>>[] rules)
        => (path, options) => rules.SelectMany(rule => rule(path, (T)options));
}
