using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Audit;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Sessions;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Audit;

/// <summary>Which routes are recorded. A route that has no row fails the test.</summary>
public sealed class RouteAuditTests(ServiceFixture fixture)
{
    // Of these only refusals are recorded: they show no audio and no text of a session, and change nothing of another's.
    private static readonly string[] OnlyRefusals =
    [
        "GET /", "GET /health/live", "GET /health/ready", "GET /v1/openapi.json", "GET /docs", "GET /console/{**file}", "GET /console/settings",
        "* /voices/clone/{**rest}", "* /voices/localize/{**rest}", "* /voice-changer/{**rest}", "* /infill/{**rest}", "* /fine-tunes/{**rest}", "* /datasets/{**rest}", "* /agents/{**rest}",
        "GET /voices", "GET /voices/{id}", "GET /accents", "PATCH /voices/{id}/accents", "DELETE /voices/{id}/accents/{accent}",
        "GET /tts/websocket", "POST /tts/bytes", "POST /tts/sse",
        "POST /pronunciation-dicts", "GET /pronunciation-dicts", "GET /pronunciation-dicts/{id}", "PATCH /pronunciation-dicts/{id}", "DELETE /pronunciation-dicts/{id}",
        "GET /v1/sessions", "GET /v1/sessions/{session}",
        "GET /v1/tenant", "GET /v1/usage", "GET /v1/operations", "GET /v1/audit", "GET /v1/archive-keys",
        "GET /v1/admin/tenants", "GET /v1/admin/tenants/{tenant}", "GET /v1/admin/audit",
    ];

    private static readonly Dictionary<string, string> Recorded = new(StringComparer.Ordinal)
    {
        ["GET /v1/sessions/{session}/audio"] = AuditActions.Listen,
        ["GET /v1/sessions/{session}/audio.wav"] = AuditActions.Listen,
        ["GET /v1/sessions/{session}/recording.wav"] = AuditActions.Export,
        ["HEAD /v1/sessions/{session}/recording.wav"] = AuditActions.Export,
        ["GET /v1/sessions/{session}/contexts/{ordinal}/manifest"] = AuditActions.Export,
        ["HEAD /v1/sessions/{session}/contexts/{ordinal}/manifest"] = AuditActions.Export,
        ["GET /v1/sessions/{session}/contexts/{ordinal}/segments/{flushId}.wav"] = AuditActions.Export,
        ["HEAD /v1/sessions/{session}/contexts/{ordinal}/segments/{flushId}.wav"] = AuditActions.Export,
        ["PUT /v1/sessions/{session}/hold"] = AuditActions.Hold,
        ["DELETE /v1/sessions/{session}/hold"] = AuditActions.Release,
        ["DELETE /v1/sessions/{session}"] = AuditActions.Erase,
        ["POST /access-token"] = AuditActions.CreateToken,
    };

    // AdminTests, EncryptionTests and TokenRevocationTests check their entries.
    private static readonly Dictionary<string, string> RecordedOfAdministrators = new(StringComparer.Ordinal)
    {
        ["POST /v1/archive-keys"] = AuditActions.RotateArchiveKey,
        ["DELETE /v1/archive-keys"] = AuditActions.DeleteArchiveKeys,
        ["DELETE /v1/access-tokens/{id}"] = AuditActions.RevokeToken,
        ["DELETE /v1/admin/tenants/{tenant}/access-tokens/{id}"] = AuditActions.RevokeToken,
        ["POST /v1/admin/tenants"] = AuditActions.AddTenant,
        ["DELETE /v1/admin/tenants/{tenant}"] = AuditActions.RemoveTenant,
        ["PATCH /v1/admin/tenants/{tenant}/limits"] = AuditActions.ChangeLimits,
        ["POST /v1/admin/tenants/{tenant}/keys"] = AuditActions.AddKey,
        ["POST /v1/admin/tenants/{tenant}/keys/{key}/rotate"] = AuditActions.RotateKey,
        ["DELETE /v1/admin/tenants/{tenant}/keys/{key}"] = AuditActions.RevokeKey,
    };

    public static TheoryData<string, string> RecordedRows => [.. Recorded.Select(row => (row.Key, row.Value))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Routes_AreTheOnesWithARow()
    {
        var routes = RouteTable.Of(fixture.Service);
        var recorded = Recorded.Concat(RecordedOfAdministrators).ToDictionary();

        Assert.Equal(OnlyRefusals.Concat(recorded.Keys).Order(StringComparer.Ordinal), routes.Select(route => route.Name).Order(StringComparer.Ordinal));
        Assert.All(routes, route => Assert.Equal((route.Name, recorded.GetValueOrDefault(route.Name)), (route.Name, route.Endpoint.Metadata.GetMetadata<RouteAudit>()?.Action)));
    }

    [Theory]
    [MemberData(nameof(RecordedRows))]
    public async Task Route_ThatIsRecorded_HasAnEntryWithKeyAndSession(string route, string action)
    {
        var session = $"s-{Guid.NewGuid():N}";
        await SpeakAsync(session);
        using var client = new AuditClient(fixture.Service, "all-key");
        if (action == AuditActions.Release)
        {
            Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(HttpMethod.Put, $"/v1/sessions/{session}/hold", "all-key"));
        }

        var path = RouteTable.PathOf(route, session);
        var status = await client.SendAsync(RouteTable.MethodOf(route), path, "all-key", route.StartsWith("POST", StringComparison.Ordinal) ? new { session_id = session } : null, AcceptEvents);

        Assert.True((int)status is >= 200 and < 300, $"{status}");
        var entries = (await client.EntriesAsync()).Where(entry => AuditClient.Text(entry, "session") == session && AuditClient.Text(entry, "action") == action).ToList();
        Assert.Contains(entries, entry => AuditClient.Text(entry, "result") == AuditResults.Done);
        Assert.All(entries, entry => Assert.Equal(new ApiKey(ApiKey.HashOf("all-key")).Id, AuditClient.Text(entry, "by")));
        Assert.DoesNotContain(entries, entry => entry.GetRawText().Contains("all-key", StringComparison.Ordinal) || entry.GetRawText().Contains("Only for ears", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(RecordedRows))]
    public async Task Route_ThatIsRecorded_RefusesAnotherTenant_AndSaysSoInItsChain(string route, string action)
    {
        if (!route.Contains("{session}", StringComparison.Ordinal))
        {
            return;
        }

        var session = $"s-{Guid.NewGuid():N}";
        await SpeakAsync(session);
        await using var service = await RunningService.StartAsync($"Tenants:bolt:Keys:1={new ApiKey(ApiKey.HashOf("bolt-admin-key")) { Scopes = Scopes.Admin }}");
        using var bolt = new AuditClient(service, "bolt-admin-key");

        Assert.Equal(HttpStatusCode.NotFound, await bolt.SendAsync(RouteTable.MethodOf(route), RouteTable.PathOf(route, session), "bolt-key", null, AcceptEvents));

        var entry = Assert.Single(await bolt.EntriesAsync());
        Assert.Equal((action, session), (AuditClient.Text(entry, "action"), AuditClient.Text(entry, "session")));
        Assert.EndsWith("_not_found", AuditClient.Text(entry, "result"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listen_WithAToken_NamesTheToken()
    {
        var session = $"s-{Guid.NewGuid():N}";
        await SpeakAsync(session);
        var tokens = fixture.Service.Services.GetRequiredService<AccessTokens>();
        var creator = fixture.Service.Services.GetRequiredService<TenantDirectory>().Find("all-key")!;
        var token = tokens.Create(creator, Scopes.Listen, TimeSpan.FromMinutes(1), session, out var made);
        using var client = new AuditClient(fixture.Service, "all-key");

        await client.SendAsync(HttpMethod.Get, $"/v1/sessions/{session}/audio.wav?from=start", token);

        var entry = Assert.Single(await client.EntriesAsync(), entry => AuditClient.Text(entry, "session") == session);
        Assert.Equal(
            (made.Id, creator.KeyId, "audio.wav"), (AuditClient.Text(entry, "token"), AuditClient.Text(entry, "by"), AuditClient.Text(entry, "target")));
    }

    [Fact]
    public async Task Listen_OverAWebSocket_IsRecorded()
    {
        var session = $"s-{Guid.NewGuid():N}";
        await SpeakAsync(session);
        using var client = new AuditClient(fixture.Service, "all-key");

        using (var socket = new System.Net.WebSockets.ClientWebSocket())
        {
            socket.Options.SetRequestHeader("X-API-Key", "all-key");
            await socket.ConnectAsync(new UriBuilder(fixture.Service.Http) { Scheme = "ws", Path = $"/v1/sessions/{session}/audio" }.Uri, Token);
        }

        await Eventually.IsAsync(async () => (await client.EntriesAsync()).Any(entry => AuditClient.Text(entry, "session") == session), true, Token);
    }

    private static void AcceptEvents(HttpRequestMessage request) => request.Headers.Accept.ParseAdd("text/event-stream");

    private async Task SpeakAsync(string session)
    {
        await using var client = await ArchiveClient.SpeakAsync(fixture.Service, $"session_id={session}");
        await client.PushAsync("c", "Only for ears.", more: false);
        await client.WhenEndedAsync("c");
        await Eventually.IsTrueAsync(() => fixture.Service.IsFinished(session), Token);
        await fixture.Service.WhenStoredAsync(Token);
    }
}
