using System.Diagnostics.Metrics;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>The bucket boundaries of the service's histograms; those of OpenTelemetry's default suit milliseconds.</summary>
public static class MetricBuckets
{
    /// <summary>Durations of speech and of upstreams, s.</summary>
    public static InstrumentAdvice<double> Seconds { get; } = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60],
    };

    /// <summary>Durations that the service adds, s.</summary>
    public static InstrumentAdvice<double> ShortSeconds { get; } = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5],
    };
}
