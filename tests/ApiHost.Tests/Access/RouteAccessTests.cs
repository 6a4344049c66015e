using System.Net;
using System.Text;
using System.Text.RegularExpressions;
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
public sealed partial class RouteAccessTests(ServiceFixture fixture)
{
    private const string Public = "public";
    private const string Any = "any";
    private const string Key = "key";
    private const string Page = "GET /docs";

    private static readonly Dictionary<string, string> Needs = new(StringComparer.Ordinal)
    {
        ["GET /"] = Public,
        ["GET /health/live"] = Public,
        ["GET /health/ready"] = Public,
        ["GET /v1/openapi.json"] = Public,
        [Page] = Public,
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
        ["GET /tts/websocket"] = nameof(Grants.Tts),
        ["POST /tts/bytes"] = nameof(Grants.Tts),
        ["POST /tts/sse"] = nameof(Grants.Tts),
        ["POST /pronunciation-dicts"] = nameof(Grants.Tts),
        ["GET /pronunciation-dicts"] = nameof(Grants.Tts),
        ["GET /pronunciation-dicts/{id}"] = nameof(Grants.Tts),
        ["PATCH /pronunciation-dicts/{id}"] = nameof(Grants.Tts),
        ["DELETE /pronunciation-dicts/{id}"] = nameof(Grants.Tts),
        ["GET /v1/sessions/{session}/audio"] = nameof(Grants.Listen),
        ["GET /v1/sessions/{session}/audio.wav"] = nameof(Grants.Listen),
        ["GET /v1/sessions"] = nameof(Grants.Archive),
        ["GET /v1/sessions/{session}"] = nameof(Grants.Archive),
        ["GET /v1/sessions/{session}/recording.wav"] = nameof(Grants.Archive),
        ["HEAD /v1/sessions/{session}/recording.wav"] = nameof(Grants.Archive),
        ["GET /v1/sessions/{session}/contexts/{ordinal}/manifest"] = nameof(Grants.Archive),
        ["HEAD /v1/sessions/{session}/contexts/{ordinal}/manifest"] = nameof(Grants.Archive),
        ["GET /v1/sessions/{session}/contexts/{ordinal}/segments/{flushId}.wav"] = nameof(Grants.Archive),
        ["HEAD /v1/sessions/{session}/contexts/{ordinal}/segments/{flushId}.wav"] = nameof(Grants.Archive),
        ["DELETE /v1/sessions/{session}"] = Key,
        ["PUT /v1/sessions/{session}/hold"] = Key,
        ["DELETE /v1/sessions/{session}/hold"] = Key,
        ["POST /access-token"] = Key,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Caller Acme => fixture.Service.Services.GetRequiredService<TenantDirectory>().Find("acme-key")!;

    [Fact]
    public void Routes_AreTheOnesWithARow() => Assert.Equal(Needs.Keys.Order(StringComparer.Ordinal), Routes().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Routes_WithoutAValidCredential_Are401()
    {
        (string What, string? Credential)[] wrong =
        [
            ("none", null),
            ("empty", ""),
            ("unknown key", "no-such-key"),
            ("hash of a key", fixture.Service.Services.GetRequiredService<IConfiguration>()["Tenants:acme:Keys:0"]),
            ("malformed token", "tok_AAAA"),
            ("token that is not base64", "tok_*"),
            ("tampered token", Tampered(Create(Grants.All))),
            ("long", new string('k', 10_000)),
            ("expired token", Create(Grants.All, life: TimeSpan.FromSeconds(-1))),
            ("token of a key that is gone", Create(Grants.All, creator: Acme with { KeyId = "0123456789abcdef" })),
            ("token of a tenant that is gone", Create(Grants.All, creator: Acme with { Tenant = "gone" })),
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
    public async Task Routes_WithATokenOfOtherGrants_Are403()
    {
        Grants[] all = [Grants.Tts, Grants.Stt, Grants.Agent, Grants.Listen, Grants.Archive];
        foreach (var (route, need) in Needs.Where(row => row.Value is not (Public or Any)))
        {
            foreach (var grants in all.Append(Grants.None).Append(Grants.All).Where(grants => need == Key || !grants.HasFlag(Enum.Parse<Grants>(need))))
            {
                Assert.True(await SendAsync(route, Create(grants)) == 403, $"{route} with {grants}");
            }
        }
    }

    [Fact]
    public async Task Routes_WithTheRightCredential_LetItIn()
    {
        foreach (var (route, need) in Needs)
        {
            var credential = need is Key ? "acme-key" : Create(need is Any or Public ? Grants.None : Enum.Parse<Grants>(need));
            Assert.False(await SendAsync(route, credential) is 401 or 403 && !route.Contains("accents", StringComparison.Ordinal), route);
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
        builder.Services.AddSingleton(new TenantDirectory(new ConfigurationBuilder().Build(), new AccessTokens(new EphemeralDataProtectionProvider(), TimeProvider.System)));
        await using var app = builder.Build();
        app.UseMiddleware<AccessCheck>();
        app.MapGet("/stated", () => "stated").WithAccess(RouteAccess.Public);
        app.MapGet("/unstated", () => "unstated");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(Token));

        Assert.Contains("/unstated", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/stated", failure.Message, StringComparison.Ordinal);
    }

    private string Create(Grants grants, TimeSpan? life = null, Caller? creator = null)
        => fixture.Service.Services.GetRequiredService<AccessTokens>().Create(creator ?? Acme, grants, life ?? TimeSpan.FromMinutes(1));

    private static string Tampered(string token) => token[..^5] + (token[^5] == 'A' ? 'B' : 'A') + token[^4..];

    private IEnumerable<string> Routes()
        => (from endpoint in fixture.Service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"]
            where method != "CONNECT"
            let route = $"{method} {Constraint().Replace($"/{endpoint.RoutePattern.RawText!.Trim('/')}", "{$1}")}"

            // The files of the page have names of their library's choice.
            select route.StartsWith(Page, StringComparison.Ordinal) ? Page : route).Distinct();

    private async Task<int> SendAsync(string route, string? credential, string session = "none", string id = "none")
    {
        var (method, pattern) = (route.Split(' ')[0].Replace('*', 'G'), route.Split(' ')[1]);
        var path = Parameter().Replace(pattern, parameter => parameter.Groups[1].Value switch
        {
            "session" => session,
            "ordinal" or "flushId" => "1",
            "id" => id,
            _ => "none",
        });
        using var http = new HttpClient { BaseAddress = fixture.Service.Http };
        using var request = new HttpRequestMessage(new HttpMethod(method == "G" ? "GET" : method), path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (credential is not null)
        {
            request.Headers.TryAddWithoutValidation("X-API-Key", credential);
        }

        if (method is "POST" or "PATCH")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return (int)response.StatusCode;
    }

    [GeneratedRegex(@"\{(\w+)(?::\w+(?:\(\d+\))?)+\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{\*{0,2}(\w+)\??\}")]
    private static partial Regex Parameter();
}
