using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Access;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Tenants.Stored;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Audit;

/// <summary>Tenants that an operator changes while the service runs.</summary>
public sealed class AdminTests
{
    private const string Tenants = "/v1/admin/tenants";

    private static readonly string Operator = $"Tenants:ops:Keys:0={new ApiKey(ApiKey.HashOf("ops-key")) { Scopes = Scopes.Operator }}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tenant_OfTheApi_ComesChangesAndGoes()
    {
        await using var service = await RunningService.StartAsync(Operator);

        var (status, added) = await SendAsync(service, HttpMethod.Post, Tenants, new { tenant = "carol", key = new { name = "first", scopes = "speak,admin".Split(',') }, limits = new { max_open_contexts = 7 } });
        var key = added.GetProperty("key").GetString()!;
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (status, await GetAsync(service, key)));
        var (_, shown) = await SendAsync(service, HttpMethod.Get, $"{Tenants}/carol");
        Assert.Equal(("api", 7), (shown.GetProperty("source").GetString(), shown.GetProperty("limits").GetProperty("max_open_contexts").GetInt32()));
        Assert.DoesNotContain(key, shown.GetRawText(), StringComparison.Ordinal);

        var (_, changed) = await SendAsync(service, HttpMethod.Patch, $"{Tenants}/carol/limits", new { max_open_contexts = (int?)null, weight = 3 });
        Assert.Equal((1000, 3), (changed.GetProperty("limits").GetProperty("max_open_contexts").GetInt32(), changed.GetProperty("limits").GetProperty("weight").GetInt32()));

        var (_, second) = await SendAsync(service, HttpMethod.Post, $"{Tenants}/carol/keys", new { name = "second", expires_at = "2999-01-31" });
        var (_, third) = await SendAsync(service, HttpMethod.Post, $"{Tenants}/carol/keys/{added.GetProperty("id").GetString()}/rotate", new { overlap_seconds = 0 });
        Assert.Equal(("first", HttpStatusCode.Unauthorized), (third.GetProperty("name").GetString(), await GetAsync(service, key)));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, third.GetProperty("key").GetString()!));
        (status, _) = await SendAsync(service, HttpMethod.Delete, $"{Tenants}/carol/keys/{second.GetProperty("id").GetString()}");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (status, await GetAsync(service, second.GetProperty("key").GetString()!)));

        (status, _) = await SendAsync(service, HttpMethod.Delete, $"{Tenants}/carol");
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.Unauthorized), (status, await GetAsync(service, third.GetProperty("key").GetString()!)));

        using var client = new AuditClient(service, "ops-key");
        var entries = await client.EntriesAsync("/v1/admin/audit?tenant=carol");
        string[] actions = [AuditActions.AddTenant, AuditActions.ChangeLimits, AuditActions.AddKey, AuditActions.RotateKey, AuditActions.RevokeKey, AuditActions.RemoveTenant];
        Assert.Equal(
            actions.SelectMany(action => new[] { (action, AuditResults.Begun), (action, AuditResults.Done) }),
            entries.Select(entry => (AuditClient.Text(entry, "action")!, AuditClient.Text(entry, "result")!)));
        Assert.All(entries, entry => Assert.Equal($"ops/{new ApiKey(ApiKey.HashOf("ops-key")).Id}", AuditClient.Text(entry, "by")));
        Assert.Contains("max_open_contexts: 7 -> default, weight: default -> 3", entries.Select(entry => AuditClient.Text(entry, "detail")));
        Assert.DoesNotContain(entries, entry => entry.GetRawText().Contains("sk_tts_", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST", "", """{"tenant": "a b"}""", "tenant must be 1 to 64 letters")]
    [InlineData("POST", "", """{}""", "tenant must be")]
    [InlineData("POST", "", """{"tenant": "dave", "name": "d"}""", "name is unknown")]
    [InlineData("POST", "", """{"tenant": "dave", "tenant": "dora"}""", "has a member twice")]
    [InlineData("POST", "", """[]""", "not one JSON object")]
    [InlineData("POST", "", """{"tenant": 7}""", "tenant must be a text")]
    [InlineData("POST", "", """{"tenant": "dave", "key": []}""", "key must be an object")]
    [InlineData("POST", "", """{"tenant": "dave", "key": {"scopes": ["operator"]}}""", "key.scopes must be some of")]
    [InlineData("POST", "", """{"tenant": "dave", "key": {"scopes": []}}""", "key.scopes must be some of")]
    [InlineData("POST", "", """{"tenant": "dave", "limits": {"weight": 0}}""", "limits.weight must be 1 to 1,000")]
    [InlineData("POST", "", """{"tenant": "dave", "limits": {"height": 1}}""", "limits.height is unknown")]
    [InlineData("PATCH", "/carol/limits", """{"max_listeners": 1.5}""", "max_listeners must be 1 to 1,000,000")]
    [InlineData("PATCH", "/carol/limits", """{"reserved_contexts": 5, "burst_contexts": 2}""", "BurstContexts is 2; it must be at least ReservedContexts")]
    [InlineData("POST", "/carol/keys", """{"name": "a b"}""", "name must be 1 to 64 letters")]
    [InlineData("POST", "/carol/keys", """{"expires_at": "2020-01-01"}""", "expires_at must be a time to come")]
    [InlineData("POST", "/carol/keys/0123456789abcdef/rotate", """{"overlap_seconds": -1}""", "overlap_seconds must be 0 to")]
    [InlineData("GET", "?tenant=carol", null, "tenant is unknown")]
    public async Task Request_WithAFault_Is400AndNamesFieldAndRule(string method, string path, string? body, string rule)
    {
        await using var service = await RunningService.StartAsync(Operator);
        await SendAsync(service, HttpMethod.Post, Tenants, new { tenant = "carol" });

        var (status, problem) = await SendAsync(service, new HttpMethod(method), Tenants + path, body is null ? null : new RawJson(body));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(rule, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(service, HttpMethod.Get, $"{Tenants}/dave")).Status);
    }

    [Fact]
    public async Task Tenant_OfTheSettings_CannotBeChanged()
    {
        using var file = new TestTenantsFile();
        file.Set("erin", ["erin-key"]);
        await using var service = await RunningService.StartAsync(Operator, file.Setting);

        foreach (var tenant in (string[])["acme", "ACME", "erin", "ops"])
        {
            Assert.Equal((HttpStatusCode.Conflict, "tenant_exists"), await RefusedAsync(service, HttpMethod.Post, Tenants, new { tenant }));
            Assert.Equal((HttpStatusCode.Conflict, "tenant_configured"), await RefusedAsync(service, HttpMethod.Delete, $"{Tenants}/{tenant}"));
            Assert.Equal((HttpStatusCode.Conflict, "tenant_configured"), await RefusedAsync(service, HttpMethod.Post, $"{Tenants}/{tenant}/keys"));
            Assert.Equal((HttpStatusCode.Conflict, "tenant_configured"), await RefusedAsync(service, HttpMethod.Patch, $"{Tenants}/{tenant}/limits", new { weight = 2 }));
        }

        Assert.Equal((HttpStatusCode.NotFound, "tenant_not_found"), await RefusedAsync(service, HttpMethod.Delete, $"{Tenants}/nothing"));
        Assert.Equal("settings", (await SendAsync(service, HttpMethod.Get, $"{Tenants}/erin")).Body.GetProperty("source").GetString());
    }

    [Fact]
    public async Task Tenant_OfTheApiThatTheFileGetsToo_IsTheFiles()
    {
        using var file = new TestTenantsFile();
        file.Set("erin", ["erin-key"]);
        await using var service = await RunningService.StartAsync(Operator, file.Setting);
        var key = (await SendAsync(service, HttpMethod.Post, Tenants, new { tenant = "carol" })).Body.GetProperty("key").GetString()!;
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, key));

        file.Set("carol", ["carol-key"]);
        await Eventually.IsAsync(() => GetAsync(service, key), HttpStatusCode.Unauthorized, Token);

        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "carol-key"));
        Assert.Single((await SendAsync(service, HttpMethod.Get, $"{Tenants}/carol")).Body.GetProperty("keys").EnumerateArray());
    }

    [Fact]
    public async Task Change_OnAnotherHost_IsTakenUp()
    {
        await using var service = await RunningService.StartAsync(Operator);
        var grain = service.Services.GetRequiredService<IGrainFactory>().GetGrain<ITenantRegistryGrain>(ITenantRegistryGrain.Key);
        var before = (await grain.GetAsync(-1))!;
        var json = """{"tenants": {"carol": {"keys": [{"sha256": "{hash}"}]}}}""".Replace("{hash}", ApiKey.HashOf("carol-key"), StringComparison.Ordinal);

        Assert.Equal(TenantRegistryOutcome.Stored, (await grain.ReplaceAsync(before.Version, json)).Outcome);
        Assert.Equal(TenantRegistryOutcome.Superseded, (await grain.ReplaceAsync(before.Version, StoredTenants.Empty)).Outcome);

        await Eventually.IsAsync(() => GetAsync(service, "carol-key"), HttpStatusCode.OK, Token);
    }

    [Fact]
    public async Task Changes_AtOnce_AreAllThere()
    {
        await using var service = await RunningService.StartAsync(Operator);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 5).Select(async i => (await SendAsync(service, HttpMethod.Post, Tenants, new { tenant = $"t{i}" })).Status));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.Created, status));
        var listed = (await SendAsync(service, HttpMethod.Get, Tenants)).Body.GetProperty("tenants").EnumerateArray().Select(tenant => tenant.GetProperty("tenant").GetString());
        Assert.Superset(Enumerable.Range(0, 5).Select(i => $"t{i}").ToHashSet(), listed.Select(tenant => tenant!).ToHashSet());
    }

    [Fact]
    public async Task Change_WhileRecordsCannotBeStored_Is503AndChangesNothing()
    {
        FaultyArchive? store = null;
        await using var service = await RunningService.StartWithAsync(services => FaultyArchive.Put(services, made => store = made), Operator);
        await SendAsync(service, HttpMethod.Get, Tenants);
        using var client = new AuditClient(service, "ops-key");
        await client.EntriesAsync("/v1/admin/audit");
        store!.Fails = name => name.Contains("/audit/", StringComparison.Ordinal);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "archive_unavailable"), await RefusedAsync(service, HttpMethod.Post, Tenants, new { tenant = "carol" }));

        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(service, HttpMethod.Get, $"{Tenants}/carol")).Status);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(RunningService service, HttpMethod method, string path, object? body = null)
    {
        using var http = new HttpClient { BaseAddress = service.Http };
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body switch { null => null, RawJson raw => new StringContent(raw.Text), _ => JsonContent.Create(body) },
        };
        request.Headers.Add("X-API-Key", "ops-key");
        using var response = await http.SendAsync(request, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    private static async Task<(HttpStatusCode Status, string? Code)> RefusedAsync(RunningService service, HttpMethod method, string path, object? body = null)
    {
        var (status, problem) = await SendAsync(service, method, path, body);
        return (status, problem.GetProperty("error_code").GetString());
    }

    private static async Task<HttpStatusCode> GetAsync(RunningService service, string key)
    {
        using var client = new AuditClient(service, key);
        try
        {
            return await client.SendAsync(HttpMethod.Get, "/voices", key);
        }
        catch (HttpRequestException)
        {
            // Its key was revoked in the middle of the answer.
            return HttpStatusCode.Gone;
        }
    }

    private sealed record RawJson(string Text);
}
