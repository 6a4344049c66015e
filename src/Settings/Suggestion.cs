namespace TtsGrains.Settings;

/// <summary>Finds the name that a misspelt one was meant to be.</summary>
internal static class Suggestion
{
    private const int LongestDistance = 3;

    /// <summary>Returns " Did you mean X?" for the nearest of the known names; empty if none is near.</summary>
    public static string For(string name, IEnumerable<string> known)
        => Find(name, known, LongestDistance) is { } nearest ? $" Did you mean {nearest}?" : "";

    /// <summary>Gets the nearest name; null if none is within the distance, or most of the name would have to change.</summary>
    public static string? Find(string name, IEnumerable<string> known, int longestDistance)
        => known.Select(candidate => (Name: candidate, Distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(candidate => candidate.Distance <= longestDistance && candidate.Distance * 2 < Math.Max(name.Length, candidate.Name.Length))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();

    /// <summary>The Levenshtein distance.</summary>
    internal static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost));
            }
        }

        return row[^1];
    }
}
