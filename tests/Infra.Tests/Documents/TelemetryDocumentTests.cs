using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.Infra.Tests.Files;
using TtsGrains.Infra.Tests.Monitoring;

namespace TtsGrains.Infra.Tests.Documents;

/// <summary>The list of <c>docs/telemetry.md</c> has the instruments as they are in the code. With <c>TTS_WRITE_DOCS=1</c> the test writes them.</summary>
public sealed partial class TelemetryDocumentTests
{
    private const string Document = "docs/telemetry.md";

    [Fact]
    public void Metrics_AreTheInstrumentsOfTheService()
    {
        var expected = string.Join('\n', Instruments().GroupBy(KindOf).OrderByDescending(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => $"{kind.Key}:\n\n{string.Concat(kind.Select(Row))}")).TrimEnd();
        if (Environment.GetEnvironmentVariable("TTS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Repository.PathOf(Document), Rows().Replace(Repository.Read(Document), match => match.Groups["head"].Value + expected + "\n\n"));
        }

        Assert.Equal(expected, Rows().Match(Repository.Read(Document)).Groups["rows"].Value.TrimEnd());
    }

    private static List<Instrument> Instruments()
    {
        var services = new ServiceCollection();
        ServiceInstruments.Add(services);
        using var provider = services.BuildServiceProvider();
        List<Instrument> instruments = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, provider.GetRequiredService<IMeterFactory>()))
                {
                    instruments.Add(instrument);
                }
            },
        };
        listener.Start();
        ServiceInstruments.Record(provider);
        return [.. instruments.OrderBy(instrument => instrument.Name, StringComparer.Ordinal)];
    }

    private static string Row(Instrument instrument) => $"- `{instrument.Name}`{UnitOf(instrument)}: {instrument.Description}\n";

    // A count has no unit, as in Prometheus.
    private static string UnitOf(Instrument instrument) => instrument.Unit is null or ['{', ..] ? "" : $" ({instrument.Unit})";

    private static string KindOf(Instrument instrument) => instrument.GetType().Name switch
    {
        var name when name.StartsWith("Histogram", StringComparison.Ordinal) => "Histograms",
        var name when name.StartsWith("Counter", StringComparison.Ordinal) || name.StartsWith("ObservableCounter", StringComparison.Ordinal) => "Counters",
        _ => "Gauges",
    };

    [GeneratedRegex(@"(?<head>^## Metrics\n.*?)(?<rows>^Histograms:\n.*?)(?=^#)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Rows();
}
