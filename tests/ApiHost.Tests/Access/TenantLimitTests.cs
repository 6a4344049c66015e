using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>A tenant beyond a limit is told so with the right status; its sockets stay open, and no other tenant notices.</summary>
public sealed class TenantLimitTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sockets_BeyondTheTenantsLimit_Are429BeforeTheUpgrade()
    {
        await using var service = await RunningService.StartAsync("Tenants:acme:MaxSockets=1");
        await using var first = await SocketClient.ConnectAsync(service);

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.ConnectAsync(service));

        Assert.Contains("429", refused.Message, StringComparison.Ordinal);
        await using var other = await SocketClient.ConnectAsync(service, RunningService.Bolt);
    }

    [Fact]
    public async Task Listeners_BeyondTheTenantsLimit_Are429AndLetInWhenOneHasLeft()
    {
        await using var service = await RunningService.StartAsync("Tenants:acme:MaxListeners=1");
        await using var client = await SocketClient.ConnectAsync(service, session: "call");
        await client.PushAsync("a", "Said.", more: false);
        await client.WhenEndedAsync("a");
        using var http = CreateClient(service);
        await using (var listener = await ListenerClient.ConnectAsync(service, "call"))
        {
            using var refused = await http.GetAsync("/v1/sessions/call/audio.wav", HttpCompletionOption.ResponseHeadersRead, Token);
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (refused.StatusCode, refused.Headers.RetryAfter!.Delta!.Value));
        }

        await Eventually.IsTrueAsync(
            () => http.GetAsync("/v1/sessions/call/audio.wav", HttpCompletionOption.ResponseHeadersRead, Token).GetAwaiter().GetResult().StatusCode == HttpStatusCode.OK, Token);
    }

    [Fact]
    public async Task Characters_BeyondTheRate_EndTheirContextAndLeaveTheSocketOpen()
    {
        await using var service = await RunningService.StartAsync("Tenants:acme:MaxCharactersPerMinute=40");
        await using var client = await SocketClient.ConnectAsync(service);
        await using var other = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await client.PushAsync("a", "Thirty characters, no less.. .", more: false);
        Assert.True((await client.WhenEndedAsync("a")).IsDone);

        await client.PushAsync("b", "Eleven more.");
        var end = (await client.WhenEndedAsync("b")).End!.Value;
        Assert.Equal(("rate_limited", 429, 10_000), (end.GetProperty("error_code").GetString(), end.GetProperty("status_code").GetInt32(), end.GetProperty("retry_after_ms").GetInt32()));

        await client.PushAsync("c", "Ten chars.", more: false);
        Assert.True((await client.WhenEndedAsync("c")).IsDone);
        await other.PushAsync("d", "Thirty characters, no less.. .", more: false);
        Assert.True((await other.WhenEndedAsync("d")).IsDone);
        using var http = CreateClient(service);
        using var refused = await http.PostAsJsonAsync("/tts/bytes", SocketClient.Message("e", "More than ten."), Token);
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(10)), (refused.StatusCode, refused.Headers.RetryAfter!.Delta!.Value));
    }

    [Fact]
    public async Task Characters_BeyondTheMonth_AreRefusedUntilTheNextOneWhateverHostCountedThem()
    {
        await using var service = await RunningService.StartAsync("Tenants:acme:MaxCharactersPerMonth=40");

        // Another host of the cluster.
        var now = DateTime.UtcNow;
        await service.Services.GetRequiredService<IGrainFactory>().GetGrain<ITenantMonthGrain>(RunningService.Acme).AddAsync(new MonthBatch(Guid.NewGuid(), 1, new DateOnly(now.Year, now.Month, 1), 10));
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("a", "Thirty characters, no less.. .", more: false);
        Assert.True((await client.WhenEndedAsync("a")).IsDone);

        await client.PushAsync("b", "!", more: false);
        var end = (await client.WhenEndedAsync("b")).End!.Value;
        Assert.Equal(("quota_exceeded", 402), (end.GetProperty("error_code").GetString(), end.GetProperty("status_code").GetInt32()));
        Assert.InRange(end.GetProperty("retry_after_ms").GetInt64(), 1, 31L * 24 * 3_600_000);
        using var http = CreateClient(service);
        using var refused = await http.PostAsJsonAsync("/tts/bytes", SocketClient.Message("c", "!"), Token);
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        var month = service.Services.GetRequiredService<MonthlyCharacters>();
        Assert.Equal(40, await month.FindAsync(RunningService.Acme));
        Assert.Null(await month.FindAsync(RunningService.Bolt));
    }

    [Fact]
    public async Task Contexts_BeyondTheRate_AreRefusedAndLeaveTheSocketOpen()
    {
        await using var service = await RunningService.StartAsync("Tenants:acme:MaxContextsPerSecond=1");
        await using var client = await SocketClient.ConnectAsync(service);

        // Enough at once that some meet the same second, however slow the machine is.
        for (var i = 0; i < 100; i++)
        {
            await client.PushAsync($"c-{i}", "Hi.", more: false);
        }

        var ends = new List<HeardContext>();
        for (var i = 0; i < 100; i++)
        {
            ends.Add(await client.WhenEndedAsync($"c-{i}"));
        }

        Assert.True(ends[0].IsDone);
        Assert.Contains(ends, end => end.ErrorCode == "rate_limited");
        Assert.All(ends, end => Assert.True(end.IsDone || end.ErrorCode == "rate_limited", end.ErrorCode));
        Assert.False(client.IsClosed);
    }

    [Fact]
    public async Task Tokens_BeyondTheRate_Are429()
    {
        await using var service = await RunningService.StartAsync("Tenants:acme:MaxTokensPerMinute=2");
        using var http = CreateClient(service);
        var statuses = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            using var response = await http.PostAsync("/access-token", new StringContent("{}"), Token);
            statuses.Add((int)response.StatusCode);
        }

        Assert.Equal([200, 200, 429], statuses);
    }

    [Fact]
    public async Task Tenant_SeesItsLimitsKeysAndWhatItHasOpen()
    {
        var key = new ApiKey(ApiKey.HashOf("boss-key")) { Scopes = Scopes.Admin, Name = "boss" };
        await using var service = await RunningService.StartAsync($"Tenants:acme:Keys:1={key}", "Tenants:acme:MaxOpenContexts=7");
        service.Upstream.When("Hold", static (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask);
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("a", "Hold on.");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Hold").Count == 1, Token);
        using var http = CreateClient(service, "boss-key");

        var tenant = await http.GetFromJsonAsync<JsonElement>("/v1/tenant", Token);

        Assert.Equal("acme", tenant.GetProperty("tenant").GetString());
        Assert.Equal("""{"contexts":1,"sockets":1,"listeners":0}""", tenant.GetProperty("open").GetRawText());
        Assert.Equal(
            """{"max_open_contexts":7,"max_sockets":10000,"max_listeners":1000,"max_contexts_per_second":null,"max_characters_per_minute":null,"max_characters_per_month":null,"max_tokens_per_minute":600,"max_archive_bytes":null,"retention_days":null,"weight":1,"reserved_contexts":0,"burst_contexts":null}""",
            tenant.GetProperty("limits").GetRawText());
        Assert.Equal($$"""{"id":"{{key.Id}}","name":"boss","scopes":["admin"],"expires_at":null}""", tenant.GetProperty("keys")[1].GetRawText());
        Assert.DoesNotContain(key.Sha256, tenant.GetRawText(), StringComparison.Ordinal);
    }

    private static HttpClient CreateClient(RunningService service, string key = "acme-key")
    {
        var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", key);
        return http;
    }
}
