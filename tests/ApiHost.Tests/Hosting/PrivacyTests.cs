using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>
/// A byte search over everything that a run writes. Speech that is excluded from the archive is nowhere; archived speech is in the archive only; keys, tokens,
/// text and audio are in no log line at Trace, no span and no metric.
/// </summary>
public sealed class PrivacyTests
{
    private const string Key = "key-of-the-search-4711";
    private const string SilentKey = "key-of-the-search-4712";
    private const string KeptText = "Ordinary sentence";
    private const string Marker = "Zwetschgenknoedel";
    private const string OffText = $"{Marker} Quarkkeulchen";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ThatStopsOrIsKilled_LeavesExcludedSpeechNowhereAndArchivedSpeechInTheArchiveOnly(bool isKilled)
    {
        await using var collector = await TelemetryCollector.StartAsync(Token);
        await using var host = HostProcess.Start("ApiHost", [.. Settings(), .. collector.Settings]);
        var http = await host.WhenReadyAsync(Token);
        using var requests = new HttpClient { BaseAddress = http };
        requests.DefaultRequestHeaders.Add("X-API-Key", Key);
        var token = await CreateTokenAsync(requests);

        await using var kept = await ConnectAsync(http, $"session_id=kept&access_token={token}");
        var keptAudio = (await SpeakAsync(kept, "kept", KeptText)).Audio;
        List<byte[]> offAudio = [await SpeakExcludedSegmentAsync(kept)];
        await using var off = await ConnectAsync(http, $"session_id=off&archive=off&api_key={Key}");
        offAudio.Add((await SpeakAsync(off, "off", OffText)).Audio);
        await off.PushAsync("cancelled", OffText, flush: true);
        await off.CancelAsync("cancelled");
        await using var silent = await ConnectAsync(http, $"session_id=silent&api_key={SilentKey}");
        offAudio.Add((await SpeakAsync(silent, "silent", OffText)).Audio);
        offAudio.Add(await PostAsync(requests, "/tts/bytes?archive=off"));
        await PostAsync(requests, "/tts/sse?archive=off");
        await off.PushAsync("open", OffText, flush: true);
        await off.WhenReadAsync();
        using var manifest = await requests.GetAsync("/v1/sessions/kept/contexts/1/manifest", Token);
        Assert.Equal(HttpStatusCode.OK, manifest.StatusCode);
        var metrics = await requests.GetByteArrayAsync("/metrics", Token);
        await collector.Changes.WhenAsync(
            () => collector.Received.Any(sent => sent.Path.EndsWith("/traces", StringComparison.Ordinal))
                && collector.Received.Any(sent => sent.Path.EndsWith("/metrics", StringComparison.Ordinal)),
            Token);
        if (isKilled)
        {
            host.Kill();
        }
        else
        {
            await host.TerminateAsync(Token);
        }

        await host.WhenExitedAsync(Token);

        var keptForms = ByteSearch.FormsOf(KeptText).Concat(ByteSearch.FormsOf(keptAudio)).ToList();
        var offForms = ByteSearch.FormsOf(Marker).Concat(offAudio.SelectMany(ByteSearch.FormsOf)).ToList();
        var secrets = new[] { Key, SilentKey, token }.SelectMany(ByteSearch.FormsOf).ToList();

        // The search finds what is there, so it can be believed where it finds nothing.
        Assert.All([ByteSearch.FormsOf(KeptText), ByteSearch.FormsOf(keptAudio)], forms => Assert.NotEmpty(ByteSearch.FilesWith(Path.Combine(host.Data, "archive"), forms)));
        Assert.Empty(ByteSearch.FilesWith(host.Data, [.. offForms, .. secrets]));
        Assert.All(ByteSearch.FilesWith(host.Data, keptForms), file => Assert.StartsWith(Path.Combine(host.Data, "archive"), file, StringComparison.Ordinal));
        Assert.Contains(host.Errors, line => line.Contains("trce:", StringComparison.Ordinal));
        List<byte[]> everything = [.. keptForms, .. offForms, .. secrets];
        Assert.False(ByteSearch.HasAny(metrics, everything), "the page /metrics");
        Assert.DoesNotContain(host.Errors, line => ByteSearch.HasAny(Encoding.UTF8.GetBytes(line), everything));
        Assert.Contains(collector.Received, sent => ByteSearch.HasAny(sent.Body, ["tts.archive.write"u8.ToArray()]));
        Assert.DoesNotContain(collector.Received, sent => ByteSearch.HasAny(sent.Body, everything));
    }

    private static (string Name, string Value)[] Settings() =>
    [
        ("Logging:LogLevel:Default", "Trace"),
        ("Logging:LogLevel:Microsoft", "Trace"),
        ("Logging:Console:LogLevel:Default", "Trace"),
        ("Tenants:quiet:Keys:0", HashOf(Key)),
        ("Tenants:silent:Keys:0", HashOf(SilentKey)),
        ("Tenants:silent:Archive", "Off"),
    ];

    private static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Task<SocketClient> ConnectAsync(Uri http, string query)
        => SocketClient.ConnectAsync(new UriBuilder(http) { Scheme = "ws", Path = "/tts/websocket", Query = $"{query}&cartesia_version=2025-04-16" }.Uri);

    private static async Task<HeardContext> SpeakAsync(SocketClient client, string context, string text)
    {
        await client.PushAsync(context, text, more: false);
        return await client.WhenEndedAsync(context);
    }

    // A segment that is excluded, between two that are not.
    private static async Task<byte[]> SpeakExcludedSegmentAsync(SocketClient client)
    {
        await client.PushAsync("mixed", KeptText, flush: true);
        await client.PushAsync("mixed", OffText, flush: true, change: message => message["archive"] = false);
        await client.PushAsync("mixed", KeptText, more: false);
        return (await client.WhenEndedAsync("mixed")).AudioOf(2);
    }

    private static async Task<string> CreateTokenAsync(HttpClient requests)
    {
        using var answer = await requests.PostAsync("/access-token", new StringContent("""{"grants":{"tts":true},"expires_in":600}"""), Token);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("token").GetString()!;
    }

    private static async Task<byte[]> PostAsync(HttpClient requests, string path)
    {
        var body = SocketClient.Message("none", OffText);
        body.Remove("context_id");
        body.Remove("continue");
        body.Remove("max_buffer_delay_ms");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Add("Cartesia-Version", "2025-04-16");
        using var answer = await requests.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(Token);
    }
}
