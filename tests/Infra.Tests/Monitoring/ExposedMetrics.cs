using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Diagnostics;

namespace TtsGrains.Infra.Tests.Monitoring;

/// <summary>What a silo shows on <c>/metrics</c>: the real page over the real instruments, each of which has told something.</summary>
internal static partial class ExposedMetrics
{
    /// <summary>Names, each with its labels.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> All { get; } = Read();

    private static Dictionary<string, IReadOnlySet<string>> Read()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var page = new MetricsPage(TtsInstruments.MeterName);
        var instruments = new TtsInstruments(services.GetRequiredService<IMeterFactory>());
        instruments.WatchReadiness(() => true);
        instruments.WatchArchive(() => default, spoolLimit: 1);
        instruments.WatchUpstreams(() => [new UpstreamHealth("main", BreakerState.Closed, Sockets: 1, SlotsTaken: 1, Fault: null)], () => 1);
        instruments.ContextActivated();
        instruments.ContextReopened();
        instruments.ContextEnded(nameof(ContextOutcome.Done));
        instruments.Seam("main", SeamKind.Word, "silo_lost");
        instruments.ConnectionOpened("main");
        instruments.FrameDropped("main", FrameDrop.Garbage);
        return Sample().Matches(page.Render()).ToDictionary(
            sample => sample.Groups["name"].Value,
            sample => (IReadOnlySet<string>)Label().Matches(sample.Groups["labels"].Value).Select(label => label.Groups["name"].Value).ToHashSet());
    }

    [GeneratedRegex(@"^(?<name>[a-z_]+)(?<labels>\{.*\})? ", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-z_]+)="[^"]*""" + "\"")]
    private static partial Regex Label();
}
