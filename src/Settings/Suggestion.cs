namespace TtsGrains.Settings;

/// <summary>Finds the known name that a misspelt name is closest to.</summary>
public static class Suggestion
{
    private const int MaxDistance = 3;

    /// <summary>Returns " Did you mean X?" for the nearest of the known names; empty if none is near.</summary>
    /// <param name="name">The misspelt name.</param>
    /// <param name="known">The known names.</param>
    public static string For(string name, IEnumerable<string> known)
        => Find(name, known, MaxDistance) is { } nearest ? $" Did you mean {nearest}?" : "";

    /// <summary>Gets the nearest name; null if none is within the distance, or most of the name would have to change.</summary>
    /// <param name="name">The misspelt name.</param>
    /// <param name="known">The known names.</param>
    /// <param name="maxDistance">The largest distance of a suggestion.</param>
    public static string? Find(string name, IEnumerable<string> known, int maxDistance)
        => known.Select(candidate => (Name: candidate, Distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(candidate => candidate.Distance <= maxDistance && candidate.Distance * 2 < Math.Max(name.Length, candidate.Name.Length))
            .OrderBy(candidate => candidate.Distance)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();

    /// <summary>Gets the edit distance: the number of characters to insert, delete, replace or swap with their neighbour (optimal string alignment).</summary>
    internal static int Distance(string left, string right)
    {
        int[] beforeLast, last = [], row = [.. Enumerable.Range(0, right.Length + 1)];
        for (var i = 1; i <= left.Length; i++)
        {
            (beforeLast, last, row) = (last, row, new int[right.Length + 1]);
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }
        }

        return row[^1];
    }
}
