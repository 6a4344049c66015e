using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Sessions;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>A tenant whose archive is full opens no further contexts that are archived, until it has erased something.</summary>
public sealed class ArchiveLimitTests
{
    private const long Limit = 600;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Contexts_BeyondTheBytes_AreRefusedUntilASessionIsErased()
    {
        await using var service = await RunningService.StartAsync($"Tenants:acme:MaxArchiveBytes={Limit}");
        using var http = new ArchiveClient(service);
        await using var client = await SocketClient.ConnectAsync(service, session: "call");
        await client.PushAsync("open", "Still here. ", flush: true);
        await client.PushAsync("a", "Fill it.", more: false);
        Assert.True((await client.WhenEndedAsync("a")).IsDone);
        await WhenAsync(service, bytes => bytes >= Limit);

        await client.PushAsync("b", "No more.", more: false);
        var end = (await client.WhenEndedAsync("b")).End!.Value;
        Assert.Equal(("quota_exceeded", 402, 60_000), (end.GetProperty("error_code").GetString(), end.GetProperty("status_code").GetInt32(), end.GetProperty("retry_after_ms").GetInt32()));
        Assert.Contains("MaxArchiveBytes", end.GetProperty("message").GetString(), StringComparison.Ordinal);
        using var refused = await PostAsync(service, SocketClient.Message("c", "No more."));
        Assert.Equal((HttpStatusCode.PaymentRequired, TimeSpan.FromMinutes(1)), (refused.StatusCode, refused.Headers.RetryAfter!.Delta!.Value));

        // What is open, what is kept out of the archive, and other tenants.
        await client.PushAsync("open", "Good bye.", more: false);
        Assert.True((await client.WhenEndedAsync("open")).IsDone);
        await service.WhenArchivedAsync(RunningService.Acme, "call", "open");
        await using var off = await ArchiveClient.SpeakAsync(service, "archive=off");
        await off.PushAsync("d", "Not kept.", more: false);
        Assert.True((await off.WhenEndedAsync("d")).IsDone);
        await client.PushAsync("g", "Not kept. ", change: message => message["archive"] = false);
        await client.PushAsync("g", "Nor this.", more: false, change: message => message["archive"] = false);
        Assert.True((await client.WhenEndedAsync("g")).IsDone);
        await client.PushAsync("h", "Not kept. ", change: message => message["archive"] = false);
        await client.PushAsync("h", "But this.", more: false);
        Assert.Equal("quota_exceeded", (await client.WhenEndedAsync("h")).ErrorCode);
        await using var other = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await other.PushAsync("e", "Hi.", more: false);
        Assert.True((await other.WhenEndedAsync("e")).IsDone);

        await Eventually.IsTrueAsync(() => service.IsFinished("call"), Token);
        await service.WhenStoredAsync(Token);
        using var erased = await http.SendAsync(HttpMethod.Delete, "/v1/sessions/call");
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        await WhenAsync(service, bytes => bytes < Limit);
        await client.PushAsync("f", "Again.", more: false);
        Assert.True((await client.WhenEndedAsync("f")).IsDone);
    }

    [Fact]
    public async Task Tenant_SeesTheSizeOfItsArchive()
    {
        await using var service = await RunningService.StartAsync("Tenants:acme:MaxArchiveBytes=1000000000");
        await using var client = await SocketClient.ConnectAsync(service, session: "call");
        await client.PushAsync("a", "Kept.", more: false);
        Assert.True((await client.WhenEndedAsync("a")).IsDone);
        var quota = service.Services.GetRequiredService<ArchiveQuota>();
        await WhenAsync(service, bytes => bytes > 0);

        Assert.False((await quota.DescribeAsync(RunningService.Acme))!.IsAlarm);
        Assert.Null(await quota.DescribeAsync(RunningService.Bolt));
        Assert.Null(quota.Check(RunningService.Acme));
    }

    private static Task WhenAsync(RunningService service, Func<long, bool> condition)
        => Eventually.IsTrueAsync(
            () => service.Services.GetRequiredService<ArchiveQuota>().DescribeAsync(RunningService.Acme).GetAwaiter().GetResult()?.Bytes is { } bytes && condition(bytes), Token);

    private static async Task<HttpResponseMessage> PostAsync(RunningService service, object message)
    {
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "acme-key");
        return await http.PostAsJsonAsync("/tts/bytes", message, Token);
    }
}
