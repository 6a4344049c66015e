using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Sessions;
using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Audit;

/// <summary>What is recorded when: before the answer of a change, bounded under attack, and not at all only if nothing happens either.</summary>
public sealed class AuditTests
{
    private const string AdminKey = "acme-admin-key";

    private static readonly string Admin = $"Tenants:acme:Keys:5={new ApiKey(ApiKey.HashOf(AdminKey)) { Scopes = Scopes.Admin }}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Erase_WhileRecordsCannotBeStored_Is503AndErasesNothing()
    {
        FaultyArchive? store = null;
        await using var service = await RunningService.StartWithAsync(services => FaultyArchive.Put(services, made => store = made), Admin);
        await SpeakAsync(service, "call");
        using var client = new AuditClient(service, AdminKey);
        store!.Fails = name => name.Contains("/audit/", StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await client.SendAsync(HttpMethod.Delete, "/v1/sessions/call", "acme-key"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await client.SendAsync(HttpMethod.Put, "/v1/sessions/call/hold", "acme-key"));

        store.Fails = _ => false;
        Assert.Equal(HttpStatusCode.OK, await client.SendAsync(HttpMethod.Get, "/v1/sessions/call/recording.wav", "acme-key"));
        Assert.DoesNotContain(await client.EntriesAsync(), entry => AuditClient.Text(entry, "action") is AuditActions.Erase or AuditActions.Hold);
        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(HttpMethod.Delete, "/v1/sessions/call", "acme-key"));
    }

    [Fact]
    public async Task Release_WhileRecordsCannotBeStored_LeavesTheHold()
    {
        FaultyArchive? store = null;
        await using var service = await RunningService.StartWithAsync(services => FaultyArchive.Put(services, made => store = made), Admin);
        await SpeakAsync(service, "call");
        using var client = new AuditClient(service, AdminKey);
        Assert.Equal(HttpStatusCode.NoContent, await client.SendAsync(HttpMethod.Put, "/v1/sessions/call/hold", "acme-key"));
        store!.Fails = name => name.Contains("/audit/", StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await client.SendAsync(HttpMethod.Delete, "/v1/sessions/call/hold", "acme-key"));

        store.Fails = _ => false;
        Assert.Equal(HttpStatusCode.Conflict, await client.SendAsync(HttpMethod.Delete, "/v1/sessions/call", "acme-key"));
    }

    [Fact]
    public async Task Export_WhileRecordsCannotBeStored_IsRecordedAfterwards()
    {
        FaultyArchive? store = null;
        await using var service = await RunningService.StartWithAsync(services => FaultyArchive.Put(services, made => store = made), Admin);
        await SpeakAsync(service, "call");
        using var client = new AuditClient(service, AdminKey);
        store!.Fails = name => name.Contains("/audit/", StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await client.SendAsync(HttpMethod.Get, "/v1/sessions/call/recording.wav", "acme-key"));
        Assert.Equal(HttpStatusCode.OK, await client.SendAsync(HttpMethod.Get, "/v1/sessions/call/recording.wav", "acme-key"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await client.SendAsync(HttpMethod.Get, "/v1/audit", AdminKey));
        store.Fails = _ => false;

        var entry = Assert.Single(await client.EntriesAsync());
        Assert.Equal((AuditActions.Export, "2", "recording.wav"), (AuditClient.Text(entry, "action"), AuditClient.Text(entry, "count"), AuditClient.Text(entry, "target")));
    }

    [Fact]
    public async Task Export_BeforeAStop_IsRecorded()
    {
        await using var service = await RunningService.StartAsync(Admin);
        await SpeakAsync(service, "call");
        using var client = new AuditClient(service, AdminKey);
        await client.SendAsync(HttpMethod.Get, "/v1/sessions/call/recording.wav", "acme-key");

        await service.StopAsync();

        var record = await File.ReadAllTextAsync(Path.Combine(service.ArchiveFolder, AuditNames.Record(AuditNames.OfTenant("acme"), 1)), Token);
        Assert.Contains("\"export\"", record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_HoweverMany_AreAFewEntriesOfOneRecord()
    {
        await using var service = await RunningService.StartAsync(Admin);
        using var client = new AuditClient(service, AdminKey);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.Forbidden, await client.SendAsync(HttpMethod.Get, "/v1/usage", "acme-key"));
            Assert.Equal(HttpStatusCode.NotFound, await client.SendAsync(HttpMethod.Get, $"/v1/sessions/none-{i}/recording.wav", "acme-key"));
            Assert.Equal(HttpStatusCode.Unauthorized, await client.SendAsync(HttpMethod.Get, "/v1/usage", $"wrong-{i}"));
        }

        var page = await client.GetAsync();

        var record = Assert.Single(page.GetProperty("records").EnumerateArray());
        var entries = record.GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(21, entries.Count);
        var scope = Assert.Single(entries, entry => AuditClient.Text(entry, "result") == "scope_missing");
        Assert.Equal((AuditActions.Request, "GET /v1/usage", "50"), (AuditClient.Text(scope, "action"), AuditClient.Text(scope, "target"), AuditClient.Text(scope, "count")));
        Assert.Equal(31, Assert.Single(entries, entry => AuditClient.Text(entry, "action") == AuditActions.Others).GetProperty("count").GetInt32());
        Assert.DoesNotContain("wrong-", page.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongCredentials_AreOneEntryOfTheServicesChain()
    {
        await using var service = await RunningService.StartAsync(Admin);
        using var client = new AuditClient(service, AdminKey);
        for (var i = 0; i < 30; i++)
        {
            await client.SendAsync(HttpMethod.Get, "/v1/usage", $"wrong-{i}");
        }

        await service.StopAsync();

        var json = await File.ReadAllBytesAsync(Path.Combine(service.ArchiveFolder, AuditNames.Record(AuditNames.Service, 1)), Token);
        var entry = Assert.Single(AuditRecord.Parse(BinaryData.FromBytes(json))!.Entries);
        Assert.Equal(("unauthorized", 30, "127.0.0.1"), (entry.Result, entry.Count, entry.Address));
    }

    [Theory]
    [InlineData("day=yesterday", "day must be")]
    [InlineData("after=-1", "after must be")]
    [InlineData("after=9223372036854775807", "after must be")]
    [InlineData("limit=0", "limit must be")]
    [InlineData("limit=501", "limit must be")]
    [InlineData("page=2", "page is unknown")]
    public async Task Audit_OfAFaultyQuery_Is400WithTheRule(string query, string rule)
    {
        await using var service = await RunningService.StartAsync(Admin);
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", AdminKey);

        using var refused = await http.GetAsync($"/v1/audit?{query}", Token);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(rule, await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_WrittenByManyAtOnce_IsWholeAndPaged()
    {
        await using var service = await RunningService.StartAsync(Admin);
        var trail = service.Services.GetRequiredService<AuditTrail>();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => trail.RecordAsync(
            AuditNames.OfTenant("acme"), new AuditEntry(DateTimeOffset.UnixEpoch.AddSeconds(i), AuditActions.Hold, AuditResults.Done) { Session = $"s{i}" })));
        using var client = new AuditClient(service, AdminKey);

        var (previous, number, sessions) = (AuditHead.None.Hash, 0L, new List<string?>());
        for (long? after = 0; after is { } behind;)
        {
            var page = await client.GetAsync($"?after={behind}&limit=1");
            foreach (var record in page.GetProperty("records").EnumerateArray())
            {
                Assert.Equal((++number, previous), (record.GetProperty("number").GetInt64(), record.GetProperty("previous").GetString()));
                previous = AuditRecord.HashOf(System.Text.Encoding.UTF8.GetBytes(record.GetRawText()));
                sessions.AddRange(record.GetProperty("entries").EnumerateArray().Select(entry => AuditClient.Text(entry, "session")));
            }

            after = page.GetProperty("next").ValueKind == JsonValueKind.Null ? null : page.GetProperty("next").GetInt64();
            Assert.True(after is not null || page.GetProperty("head").GetProperty("hash").GetString() == previous);
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"s{i}").Order(), sessions.Order());
    }

    private static async Task SpeakAsync(RunningService service, string session)
    {
        await using var client = await ArchiveClient.SpeakAsync(service, $"session_id={session}");
        await client.PushAsync("c", "Keep me.", more: false);
        await client.WhenEndedAsync("c");
        await Eventually.IsTrueAsync(() => service.IsFinished(session), Token);
        await service.WhenStoredAsync(Token);
    }
}
