using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.Infra.Tests.Files;
using TtsGrains.Infra.Tests.Monitoring;

namespace TtsGrains.Infra.Tests.Documents;

/// <summary>The tables of <c>docs/telemetry.md</c> list the instruments as they are in the code. With <c>TTS_WRITE_DOCS=1</c> the test writes them.</summary>
public sealed partial class TelemetryDocumentTests
{
    private const string Document = "docs/telemetry.md";

    [Fact]
    public void Metrics_AreTheInstrumentsOfTheService()
    {
        var expected = string.Join('\n', Instruments().Select(Row));
        if (Environment.GetEnvironmentVariable("TTS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Repository.PathOf(Document), Rows().Replace(Repository.Read(Document), match => match.Groups["head"].Value + expected + "\n"));
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

    private static string Row(Instrument instrument) => $"| `{instrument.Name}` | {KindOf(instrument)} | {instrument.Unit?.Trim('{', '}') ?? "–"} | {instrument.Description} |";

    private static string KindOf(Instrument instrument) => instrument.GetType().Name switch
    {
        var name when name.StartsWith("Histogram", StringComparison.Ordinal) => "histogram",
        var name when name.StartsWith("Counter", StringComparison.Ordinal) || name.StartsWith("ObservableCounter", StringComparison.Ordinal) => "counter",
        _ => "gauge",
    };

    [GeneratedRegex(@"(?<head>\| metric \| kind \| unit \| meaning \|\n\|[-|]+\n)(?<rows>(?:\|.*\n)*)")]
    private static partial Regex Rows();
}
