namespace TtsGrains.Settings;

/// <summary>Writes lists as text.</summary>
public static class Words
{
    /// <summary>Joins alternatives: "a, b or c".</summary>
    public static string Or(IEnumerable<string> alternatives) => Join([.. alternatives], "or");

    /// <summary>Joins things that belong together: "a, b and c".</summary>
    public static string And(IEnumerable<string> things) => Join([.. things], "and");

    private static string Join(string[] all, string last)
        => all.Length < 2 ? string.Concat(all) : $"{string.Join(", ", all[..^1])} {last} {all[^1]}";
}
