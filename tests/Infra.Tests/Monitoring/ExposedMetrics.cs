using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.Infra.Tests.Monitoring;

/// <summary>What a host shows on <c>/metrics</c>: the real page over the real instruments, each of which has recorded something.</summary>
internal static partial class ExposedMetrics
{
    private static readonly Lazy<Task<IReadOnlyDictionary<string, IReadOnlySet<string>>>> Page = new(ReadAsync);

    /// <summary>Gets the names, each with its labels.</summary>
    public static Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> GetAsync() => Page.Value;

    private static async Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.AddTelemetry("test");
        ServiceInstruments.Add(builder.Services);
        await using var app = builder.Build();
        app.MapMetrics();
        await app.StartAsync();
        ServiceInstruments.Record(app.Services);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var page = await client.GetStringAsync(TelemetryHosting.MetricsPath);
        return Sample().Matches(page).GroupBy(sample => sample.Groups["name"].Value).ToDictionary(
            samples => samples.Key,
            samples => (IReadOnlySet<string>)samples.SelectMany(sample => Label().Matches(sample.Groups["labels"].Value)).Select(label => label.Groups["name"].Value).ToHashSet());
    }

    [GeneratedRegex(@"^(?<name>[a-z_]+)(?<labels>\{.*\})? ", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-z_]+)="[^"]*""" + "\"")]
    private static partial Regex Label();
}
