using System.Net.Http.Json;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Operations;

/// <summary>What an operator sees of the cluster, and that a tenant sees its own numbers only.</summary>
public sealed class OperationsTests
{
    private static readonly string[] Bosses = [.. new[] { "acme", "bolt" }.Select(tenant => $"Tenants:{tenant}:Keys:1={new ApiKey(ApiKey.HashOf($"{tenant}-boss")) { Scopes = Scopes.Admin }}")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operations_ShowUpstreamHostArchiveAndWhatTheTenantHasOpen()
    {
        await using var service = await RunningService.StartAsync([.. Bosses, "Upstreams:main:MaxContexts=5", "Tenants:acme:MaxOpenContexts=7", "Tenants:acme:MaxCharactersPerMonth=10"]);
        service.Upstream.When("Hold", static (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("a", "Hold on.");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Hold").Count == 1, Token);

        var seen = await WhenAsync(service, "acme-boss", seen => seen.GetProperty("open").GetProperty("sockets").GetInt32() == 1 && Upstream(seen).GetProperty("slots_taken").GetInt32() == 1);

        Assert.Equal("""{"contexts":1,"sockets":1,"listeners":0}""", seen.GetProperty("open").GetRawText());
        Assert.Equal(7, seen.GetProperty("limits").GetProperty("max_open_contexts").GetInt32());
        Assert.Equal((8, true), (seen.GetProperty("month").GetProperty("characters").GetInt64(), seen.GetProperty("month").GetProperty("is_alarm").GetBoolean()));
        Assert.Equal(("main", "closed", 5, 1), (
            Upstream(seen).GetProperty("name").GetString(),
            Upstream(seen).GetProperty("breaker").GetString(),
            Upstream(seen).GetProperty("max_contexts").GetInt32(),
            Upstream(seen).GetProperty("leases_held").GetInt32()));
        var host = Assert.Single(seen.GetProperty("hosts").EnumerateArray());
        Assert.Equal("""["silo","api"]""", host.GetProperty("roles").GetRawText());
        Assert.False(host.GetProperty("archive").GetProperty("store_failing").GetBoolean());
    }

    [Fact]
    public async Task Errors_AreListedWithIdsAndCodesForTheirTenantOnly()
    {
        await using var service = await RunningService.StartAsync(Bosses);
        await using var client = await SocketClient.ConnectAsync(service, session: "call");
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "acme-key");

        await client.PushAsync("a", "A secret is told to a model that is unknown.", change: message => message["model_id"] = "no-such-model");
        await client.WhenEndedAsync("a");
        using var missing = await http.GetAsync("/v1/sessions/none", Token);

        var seen = await WhenAsync(service, "acme-boss", seen => seen.GetProperty("errors").GetArrayLength() == 2);
        Assert.Equal(["session_not_found", "model_not_found"], seen.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("error_code").GetString()));
        Assert.Equal(missing.Headers.GetValues("X-Request-Id").Single(), seen.GetProperty("errors")[0].GetProperty("request_id").GetString());
        Assert.Equal(("call", "a"), (seen.GetProperty("errors")[1].GetProperty("session_id").GetString(), seen.GetProperty("errors")[1].GetProperty("context_id").GetString()));
        Assert.DoesNotContain("secret", seen.GetRawText(), StringComparison.Ordinal);
        var other = await WhenAsync(service, "bolt-boss", seen => seen.GetProperty("hosts").GetArrayLength() == 1);
        Assert.Empty(other.GetProperty("errors").EnumerateArray());
        Assert.Equal("""{"contexts":0,"sockets":0,"listeners":0}""", other.GetProperty("open").GetRawText());
    }

    private static JsonElement Upstream(JsonElement seen) => seen.GetProperty("upstreams").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first ? first : JsonDocument.Parse("""{"slots_taken":0}""").RootElement;

    private static async Task<JsonElement> WhenAsync(RunningService service, string key, Func<JsonElement, bool> condition)
    {
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", key);
        JsonElement seen = default;
        await Eventually.IsAsync(
            async () =>
            {
                seen = await http.GetFromJsonAsync<JsonElement>("/v1/operations", Token);
                return condition(seen);
            },
            true,
            Token,
            "the operations document");
        return seen;
    }
}
