using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.ApiHost.Tests.Http;

/// <summary>On a service of their own, which speaks no faster than it plays: there is time to look at it while it speaks.</summary>
public sealed class DisconnectTests
{
    private const string SmallKey = "small-key";

    [Theory]
    [InlineData("/tts/bytes", "raw")]
    [InlineData("/tts/bytes", "wav")]
    [InlineData("/tts/sse", "raw")]
    public async Task Speaking_ClientLeaves_CancelsTheContextAndFreesItsSlot(string path, string container)
    {
        await using var program = await StartAsync();
        var session = Guid.NewGuid().ToString("N");
        using (var response = await program.Client.SpeakAsync(
            $"{path}?session_id={session}", LongBody(container).With("context_id", "c"), TestContext.Current.CancellationToken))
        {
            var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            await body.ReadExactlyAsync(new byte[1000], TestContext.Current.CancellationToken);
            var health = await program.GetHealthAsync(TestContext.Current.CancellationToken);
            Assert.Equal((1, 1), Counts(health));
        }

        await program.WaitUntilAsync("the context is gone", health => Counts(health) == (0, 0), TestContext.Current.CancellationToken);
        var manifest = Path.Combine(program.Data, "archive", "demo", "sessions", session, "0001-c", "manifest.json");
        await program.WaitUntilAsync("the manifest is stored", _ => File.Exists(manifest), TestContext.Current.CancellationToken);
        Assert.Equal("cancelled", JsonNode.Parse(await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken))!["outcome"]!.GetValue<string>());
    }

    [Fact]
    public async Task Speaking_MoreContextsThanTheTenantMay_Is429UntilOneEnds()
    {
        await using var program = await StartAsync();
        using var client = program.Connect();
        client.DefaultRequestHeaders.Add("X-API-Key", SmallKey);
        using (var first = await client.SpeakAsync("/tts/bytes", LongBody("raw"), TestContext.Current.CancellationToken))
        {
            using var second = await client.SpeakAsync("/tts/bytes", Speaking.Body(), TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
            Assert.Equal("true", Assert.Single(second.Headers.GetValues("X-Should-Retry")));
            Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter!.Delta);
            Assert.Contains("concurrency_limited", await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await program.WaitUntilAsync("the first context is gone", health => Counts(health) == (0, 0), TestContext.Current.CancellationToken);
        using var third = await client.SpeakAsync("/tts/bytes", Speaking.Body(), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    private static Task<RunningProgram> StartAsync() => RunningProgram.StartAsync(
        TestContext.Current.CancellationToken,
        ("LocalVoice:RealtimeFactor", "1"),
        ("Tenants:small:Keys:0", RunningProgram.HashOf(SmallKey)),
        ("Tenants:small:MaxOpenContexts", "1"));

    private static JsonObject LongBody(string container) => Speaking.Body(container).With("transcript", Speaking.LongText);

    private static (int Contexts, int Slots) Counts(JsonElement health)
        => (health.GetProperty("contexts").GetInt32(), health.GetProperty("slots_taken").GetInt32());
}
