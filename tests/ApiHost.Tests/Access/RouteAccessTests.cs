using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TtsGrains.ApiHost.Access;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Sessions;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>
/// Every route of the routing table against every wrong credential. A route that is not in <see cref="Needs"/> fails the test, and one that does not
/// state what it needs keeps the host from starting.
/// </summary>
public sealed class RouteAccessTests(ServiceFixture fixture)
{
    private const string Public = "public";
    private const string Any = "any";
    private const string Key = "key";
    private const string ArchiveKey = "archive key";
    private const string AdminKey = "admin key";
    private const string OperatorKey = "operator key";

    private static readonly Dictionary<string, string> Needs = new(StringComparer.Ordinal)
    {
        ["GET /"] = Public,
        ["GET /health/live"] = Public,
        ["GET /health/ready"] = Public,
        ["GET /v1/openapi.json"] = Public,
        [RouteTable.Page] = Public,
        ["GET /console/{**file}"] = Public,
        ["GET /console/settings"] = Any,
        ["* /voices/clone/{**rest}"] = Public,
        ["* /voices/localize/{**rest}"] = Public,
        ["* /voice-changer/{**rest}"] = Public,
        ["* /infill/{**rest}"] = Public,
        ["* /fine-tunes/{**rest}"] = Public,
        ["* /datasets/{**rest}"] = Public,
        ["* /agents/{**rest}"] = Public,
        ["GET /voices"] = Any,
        ["GET /voices/{id}"] = Any,
        ["GET /accents"] = Any,
        ["PATCH /voices/{id}/accents"] = Any,
        ["DELETE /voices/{id}/accents/{accent}"] = Any,
        ["GET /tts/websocket"] = nameof(Scopes.Speak),
        ["POST /tts/bytes"] = nameof(Scopes.Speak),
        ["POST /tts/sse"] = nameof(Scopes.Speak),
        ["POST /pronunciation-dicts"] = nameof(Scopes.Speak),
        ["GET /pronunciation-dicts"] = nameof(Scopes.Speak),
        ["GET /pronunciation-dicts/{id}"] = nameof(Scopes.Speak),
        ["PATCH /pronunciation-dicts/{id}"] = nameof(Scopes.Speak),
        ["DELETE /pronunciation-dicts/{id}"] = nameof(Scopes.Speak),
        ["GET /v1/sessions/{session}/audio"] = nameof(Scopes.Listen),
        ["GET /v1/sessions/{session}/audio.wav"] = nameof(Scopes.Listen),
        ["GET /v1/sessions"] = nameof(Scopes.Archive),
        ["GET /v1/sessions/{session}"] = nameof(Scopes.Archive),
        ["GET /v1/sessions/{session}/recording.wav"] = nameof(Scopes.Archive),
        ["HEAD /v1/sessions/{session}/recording.wav"] = nameof(Scopes.Archive),
        ["GET /v1/sessions/{session}/contexts/{ordinal}/manifest"] = nameof(Scopes.Archive),
        ["HEAD /v1/sessions/{session}/contexts/{ordinal}/manifest"] = nameof(Scopes.Archive),
        ["GET /v1/sessions/{session}/contexts/{ordinal}/segments/{flushId}.wav"] = nameof(Scopes.Archive),
        ["HEAD /v1/sessions/{session}/contexts/{ordinal}/segments/{flushId}.wav"] = nameof(Scopes.Archive),
        ["DELETE /v1/sessions/{session}"] = ArchiveKey,
        ["PUT /v1/sessions/{session}/hold"] = ArchiveKey,
        ["DELETE /v1/sessions/{session}/hold"] = ArchiveKey,
        ["POST /access-token"] = Key,
        ["DELETE /v1/access-tokens/{id}"] = Key,
        ["GET /v1/tenant"] = AdminKey,
        ["GET /v1/usage"] = AdminKey,
        ["GET /v1/audit"] = AdminKey,
        ["GET /v1/admin/tenants"] = OperatorKey,
        ["POST /v1/admin/tenants"] = OperatorKey,
        ["GET /v1/admin/tenants/{tenant}"] = OperatorKey,
        ["DELETE /v1/admin/tenants/{tenant}"] = OperatorKey,
        ["PATCH /v1/admin/tenants/{tenant}/limits"] = OperatorKey,
        ["POST /v1/admin/tenants/{tenant}/keys"] = OperatorKey,
        ["POST /v1/admin/tenants/{tenant}/keys/{key}/rotate"] = OperatorKey,
        ["DELETE /v1/admin/tenants/{tenant}/keys/{key}"] = OperatorKey,
        ["DELETE /v1/admin/tenants/{tenant}/access-tokens/{id}"] = OperatorKey,
        ["GET /v1/admin/audit"] = OperatorKey,
        ["GET /v1/archive-keys"] = AdminKey,
        ["POST /v1/archive-keys"] = AdminKey,
        ["DELETE /v1/archive-keys"] = AdminKey,
        ["GET /v1/operations"] = AdminKey,
    };

    private static readonly Scopes[] EachScope = [.. ScopeNames.All.Select(ScopeNames.Parse)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Caller Acme => fixture.Service.Services.GetRequiredService<TenantDirectory>().Find("acme-key")!;

    [Fact]
    public void Routes_AreTheOnesWithARow() => Assert.Equal(Needs.Keys.Order(StringComparer.Ordinal), RouteTable.Of(fixture.Service).Select(route => route.Name).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Routes_WithoutAValidCredential_Are401()
    {
        (string What, string? Credential)[] wrong =
        [
            ("none", null),
            ("empty", ""),
            ("unknown key", "no-such-key"),
            ("expired key", "expired-key"),
            ("token of an expired key", Create(Scopes.All, creator: Acme with { KeyId = new ApiKey(ApiKey.HashOf("expired-key")).Id })),
            ("hash of a key", fixture.Service.Services.GetRequiredService<IConfiguration>()["Tenants:acme:Keys:0"]),
            ("malformed token", "tok_AAAA"),
            ("token that is not base64", "tok_*"),
            ("tampered token", Tampered(Create(Scopes.All))),
            ("revoked token", await CreateRevokedAsync()),
            ("long", new string('k', 10_000)),
            ("expired token", Create(Scopes.All, life: TimeSpan.FromSeconds(-1))),
            ("token of a key that is gone", Create(Scopes.All, creator: Acme with { KeyId = "0123456789abcdef" })),
            ("token of a tenant that is gone", Create(Scopes.All, creator: Acme with { Tenant = "gone" })),
        ];
        foreach (var (route, need) in Needs)
        {
            foreach (var (what, credential) in wrong)
            {
                var status = await SendAsync(route, credential);
                Assert.True(need == Public ? status is not (401 or 403) : status == 401, $"{route}, {what}: {status}");
            }
        }
    }

    [Fact]
    public async Task Routes_WithATokenOfOtherScopes_Are403()
    {
        foreach (var (route, need) in Needs.Where(row => row.Value is not (Public or Any)))
        {
            foreach (var scopes in EachScope.Append(Scopes.None).Append(Scopes.All).Where(scopes => NeedsKey(need) || !scopes.HasFlag(ScopeOf(need))))
            {
                Assert.True(await SendAsync(route, Create(scopes)) == 403, $"{route} with {scopes}");
            }
        }
    }

    [Fact]
    public async Task Routes_WithAKeyOfOtherScopes_Are403()
    {
        foreach (var (route, need) in Needs.Where(row => ScopeOf(row.Value) != Scopes.None))
        {
            foreach (var other in EachScope.Where(scope => scope != ScopeOf(need)))
            {
                Assert.True(await SendAsync(route, KeyOf(other)) == 403, $"{route} with a key for {other}");
            }
        }
    }

    [Fact]
    public async Task Routes_WithATokenOfAnotherSession_Are403()
    {
        foreach (var (route, need) in Needs.Where(row => ScopeOf(row.Value) != Scopes.None))
        {
            Assert.True(await SendAsync(route, Create(Scopes.All, session: "another")) == 403, route);
        }
    }

    [Fact]
    public async Task RoutesOfASession_WithATokenOfThatSession_LetItIn()
    {
        foreach (var (route, _) in Needs.Where(row => row.Key.Contains("{session}", StringComparison.Ordinal) && !NeedsKey(row.Value)))
        {
            Assert.True(await SendAsync(route, Create(Scopes.All, session: "none")) == 404, route);
        }

        Assert.Equal(426, await SendAsync("GET /tts/websocket?session_id=none", Create(Scopes.All, session: "none")));
        Assert.Equal(403, await SendAsync("GET /pronunciation-dicts?session_id=none", Create(Scopes.All, session: "none")));
    }

    [Fact]
    public async Task Routes_WithTheRightCredential_LetItIn()
    {
        foreach (var (route, need) in Needs)
        {
            string[] credentials = ScopeOf(need) == Scopes.None ? ["acme-key", Create(Scopes.None)] : [KeyOf(ScopeOf(need)), Create(ScopeOf(need))];
            foreach (var credential in NeedsKey(need) ? credentials[..1] : credentials)
            {
                Assert.False(await SendAsync(route, credential) is 401 or 403 && !route.Contains("accents", StringComparison.Ordinal), route);
            }
        }
    }

    [Fact]
    public async Task RoutesOfASession_WithAnotherTenantsKey_Are404()
    {
        var session = $"s-{Guid.NewGuid():N}";
        await using var client = await SocketClient.ConnectAsync(fixture.Service, session: session);
        await client.PushAsync("c", "Only for acme.", more: false);
        await client.WhenEndedAsync("c");
        await Eventually.IsTrueAsync(() => fixture.Service.IsFinished(session), Token);
        await fixture.Service.WhenStoredAsync(Token);

        foreach (var route in Needs.Keys.Where(route => route.Contains("{session}", StringComparison.Ordinal)))
        {
            Assert.True(await SendAsync(route, "bolt-key", session) == 404, route);
        }

        using var acme = new ArchiveClient(fixture.Service);
        Assert.NotEmpty(await acme.DownloadAsync($"/v1/sessions/{session}/recording.wav"));
    }

    [Fact]
    public async Task RoutesOfADictionary_WithAnotherTenantsKey_Are404()
    {
        using var http = new HttpClient { BaseAddress = fixture.Service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "acme-key");
        using var created = await http.PostAsync("/pronunciation-dicts", new StringContent("""{"name":"acme's"}"""), Token);
        var id = System.Text.Json.JsonDocument.Parse(await created.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("id").GetString()!;

        foreach (var route in Needs.Keys.Where(route => route.Contains("/pronunciation-dicts/{id}", StringComparison.Ordinal)))
        {
            Assert.True(await SendAsync(route, "bolt-key", id: id) == 404, route);
        }

        using var deleted = await http.DeleteAsync($"/pronunciation-dicts/{id}", Token);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task Start_ARouteThatDoesNotStateWhatItNeeds_FailsAndNamesIt()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new TenantDirectory(new ConfigurationBuilder().Build(), new AccessTokens(new EphemeralDataProtectionProvider(), new RevokedTokens(), TimeProvider.System), TimeProvider.System));
        builder.Services.AddSingleton<RevokedTokens>();
        builder.Services.AddSingleton<WrongCredentials>();
        await using var app = builder.Build();
        app.UseMiddleware<AccessCheck>();
        app.MapGet("/stated", () => "stated").WithAccess(RouteAccess.Public);
        app.MapGet("/unstated", () => "unstated");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(Token));

        Assert.Contains("/unstated", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/stated", failure.Message, StringComparison.Ordinal);
    }

    private string Create(Scopes scopes, TimeSpan? life = null, Caller? creator = null, string? session = null)
        => fixture.Service.Services.GetRequiredService<AccessTokens>().Create(creator ?? Acme with { Scopes = Scopes.All }, scopes, life ?? TimeSpan.FromMinutes(1), session);

    private async Task<string> CreateRevokedAsync()
    {
        var token = fixture.Service.Services.GetRequiredService<AccessTokens>().Create(Acme with { Scopes = Scopes.All }, Scopes.All, TimeSpan.FromMinutes(1), session: null, out var made);
        Assert.Equal(204, await SendAsync("DELETE /v1/access-tokens/{id}", "acme-key", id: made.Id));
        return token;
    }

    private static bool NeedsKey(string need) => need is Key or ArchiveKey or AdminKey or OperatorKey;

    private static Scopes ScopeOf(string need) => ScopeNames.Parse(need.Split(' ')[0]);

    private static string KeyOf(Scopes scope) => $"{ScopeNames.Of(scope).Single()}-key";

    private static string Tampered(string token) => token[..^5] + (token[^5] == 'A' ? 'B' : 'A') + token[^4..];

    private async Task<int> SendAsync(string route, string? credential, string session = "none", string id = "none")
    {
        var (method, path) = (RouteTable.MethodOf(route), RouteTable.PathOf(route, session, id));
        using var http = new HttpClient { BaseAddress = fixture.Service.Http };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation("X-API-Key", credential);
        }

        if (method.Method is "POST" or "PATCH")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return (int)response.StatusCode;
    }
}
