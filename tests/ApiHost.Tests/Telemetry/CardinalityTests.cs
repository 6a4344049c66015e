using System.Globalization;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Telemetry;

/// <summary>The count of series depends on the settings and the tenants, not on what clients do.</summary>
public sealed class CardinalityTests
{
    private const string Pauses = "tts.contexts.pauses";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManySessionsContextsAndErrors_AddNoSeries()
    {
        await using var service = await RunningService.StartAsync();
        using var measured = new Measurements(service);
        await SpeakAsync(service, measured, from: 0, sessions: 1);
        var before = SeriesOf(measured);

        await SpeakAsync(service, measured, from: 1, sessions: 12);

        Assert.Equal(before, SeriesOf(measured));
        Assert.Contains(before, series => series.Contains("tenant=acme", StringComparison.Ordinal));
        Assert.DoesNotContain(before, series => series.Contains("id-", StringComparison.Ordinal));
    }

    // A finished, a cancelled and a failed context in each session, and a context that is refused, with ids and texts of their own.
    private static async Task SpeakAsync(RunningService service, Measurements measured, int from, int sessions)
    {
        service.Upstream.When("Fail", (context, _) =>
        {
            context.Error(404, "voice_not_found", "Invalid voice", $"No voice for {context.Id}.");
            return Task.CompletedTask;
        });
        service.Upstream.When("Wait", (context, message) =>
        {
            context.Speak("Wait.");
            return Task.CompletedTask;
        });
        for (var i = from; i < from + sessions; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"id-{i}");
            await using var client = await SocketClient.ConnectAsync(service, session: id);
            await client.PushAsync($"{id}-done", $"All of {id}.", more: false);
            await client.PushAsync($"{id}-failed", $"Fail {id}.", more: false);
            await client.PushAsync($"{id}-refused", "No.", more: false, change: message => message["model_id"] = id);
            await client.PushAsync($"{id}-cancelled", $"Wait for {id}.");
            await client.WhenAsync($"{id}-cancelled", context => context.Text.Length > 0);
            await client.CancelAsync($"{id}-cancelled");
            await client.WhenEndedAsync($"{id}-done");
            await client.WhenEndedAsync($"{id}-failed");
            await client.WhenEndedAsync($"{id}-refused");
        }

        var ended = 3 * (from + sessions);
        await Eventually.IsTrueAsync(() => measured.Of("tts.contexts.ended").Count == ended && measured.Of("gen_ai.client.operation.duration").Count >= ended, Token);
        await Eventually.IsTrueAsync(() => measured.Of("tts.sockets.cancel_to_silence").Count == from + sessions, Token);
    }

    // Without the pauses, which a busy machine may add: their causes are an enumeration.
    private static IEnumerable<string> SeriesOf(Measurements measured) => measured.All.Where(measurement => measurement.Name != Pauses)
        .Select(measurement => $"{measurement.Name} {string.Join(' ', measurement.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))}")
        .Distinct().Order(StringComparer.Ordinal);
}
