using System.Globalization;

namespace TtsGrains.Cli.Drill;

/// <summary>Texts whose words are all different, so that each lost or repeated word is found.</summary>
internal static class DrillText
{
    private const int WordsOfSegment = 120;

    private static readonly string[] Words = ["river", "table", "window", "garden", "letter", "bridge", "candle", "market", "engine", "pocket", "silver", "ladder"];

    /// <summary>The two segments of a context. No other context has the same.</summary>
    public static IReadOnlyList<string> Segments(string session, int round) => [Segment(session, round, 0), Segment(session, round, WordsOfSegment)];

    private static string Segment(string session, int round, int first)
        => string.Create(CultureInfo.InvariantCulture, $"{session}/{round}/{first} ") + string.Concat(Enumerable.Range(first, WordsOfSegment).Select(word => string.Create(CultureInfo.InvariantCulture, $"{Words[(word + round) % Words.Length]}{word} ")));
}
