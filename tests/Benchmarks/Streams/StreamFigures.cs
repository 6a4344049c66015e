namespace TtsGrains.Benchmarks.Streams;

/// <summary>What was measured of one provider.</summary>
/// <param name="First">Delays of the first events of new streams.</param>
/// <param name="Paced">Delays of events one at a time.</param>
/// <param name="Singles">Events per second, published one by one on many streams.</param>
/// <param name="Batches">Events per second, published in batches.</param>
/// <param name="Idle">The part of a core that is used when nothing happens.</param>
internal sealed record StreamFigures(IReadOnlyList<TimeSpan> First, IReadOnlyList<TimeSpan> Paced, double Singles, double Batches, double Idle)
{
    /// <summary>All rounds as one: the delays together, the middle of the rest.</summary>
    public static StreamFigures Of(IReadOnlyCollection<StreamFigures> rounds) => new(
        [.. rounds.SelectMany(round => round.First)],
        [.. rounds.SelectMany(round => round.Paced)],
        Median(rounds.Select(round => round.Singles)),
        Median(rounds.Select(round => round.Batches)),
        Median(rounds.Select(round => round.Idle)));

    public static double Percentile(IEnumerable<TimeSpan> delays, double part)
    {
        var sorted = delays.Order().ToArray();
        return sorted[Math.Min((int)(sorted.Length * part), sorted.Length - 1)].TotalMilliseconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
