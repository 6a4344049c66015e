namespace TtsGrains.Settings;

/// <summary>Writes lists as text.</summary>
public static class Words
{
    /// <summary>Joins alternatives: "a, b or c".</summary>
    public static string Or(IEnumerable<string> alternatives)
    {
        string[] all = [.. alternatives];
        return all.Length < 2 ? string.Concat(all) : $"{string.Join(", ", all[..^1])} or {all[^1]}";
    }
}
