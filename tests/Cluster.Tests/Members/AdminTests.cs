using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Tenants;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Members;

/// <summary>What the admin API of one host changes, all hosts take up; what two hosts record is one chain.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AdminTests
{
    private const string OperatorKey = "ops-key";
    private const int Changes = 5;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Tenant_AddedAndRemovedByOneHost_IsKnownToTheOtherWithinFiveSeconds_AlsoAfterARestart()
    {
        await using var cluster = await StartAsync();
        using var one = cluster["api1"].Connect(OperatorKey);
        using var added = await one.PostAsJsonAsync("/v1/admin/tenants", new { tenant = "carol" }, Token);
        var key = (await added.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("key").GetString()!;
        var began = Stopwatch.GetTimestamp();

        using var other = cluster["api2"].Connect(key);
        await Eventually.IsAsync(() => GetAsync(other), HttpStatusCode.OK, Token);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, LongestDelay);

        // A host that starts knows it before it answers.
        await cluster["api2"].StopAsync();
        await cluster["api2"].StartAsync(Token);
        using var restarted = cluster["api2"].Connect(key);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(restarted));

        using var removed = await one.DeleteAsync("/v1/admin/tenants/carol", Token);
        began = Stopwatch.GetTimestamp();
        await Eventually.IsAsync(() => GetAsync(restarted), HttpStatusCode.Unauthorized, Token);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, LongestDelay);
    }

    [ClusterFact]
    public async Task Changes_ByTwoHostsAtOnce_AreOneChain()
    {
        await using var cluster = await StartAsync();
        using var one = cluster["api1"].Connect(OperatorKey);
        using var other = cluster["api2"].Connect(OperatorKey);
        using var added = await one.PostAsJsonAsync("/v1/admin/tenants", new { tenant = "carol" }, Token);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 2 * Changes).Select(async i =>
        {
            using var response = await (i % 2 == 0 ? one : other).PostAsJsonAsync("/v1/admin/tenants/carol/keys", new { name = $"k{i}" }, Token);
            return response.StatusCode;
        }));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.Created, status));
        var page = await other.GetFromJsonAsync<JsonElement>("/v1/admin/audit?tenant=carol&limit=500", Token);
        var (number, previous, done) = (0L, new string('0', 64), 0);
        foreach (var record in page.GetProperty("records").EnumerateArray())
        {
            Assert.Equal((++number, previous), (record.GetProperty("number").GetInt64(), record.GetProperty("previous").GetString()));
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(record.GetRawText())));
            done += record.GetProperty("entries").EnumerateArray().Count(entry => entry.GetProperty("action").GetString() == "key.add" && entry.GetProperty("result").GetString() == "done");
        }

        Assert.Equal((previous, 2 * Changes), (page.GetProperty("head").GetProperty("hash").GetString(), done));
    }

    [ClusterFact]
    public async Task AccessToken_RevokedOnOneHost_IsVoidOnTheOtherWithinFiveSeconds_AlsoAfterARestart()
    {
        await using var cluster = await StartAsync();
        using var one = cluster["api1"].Connect();
        using var created = await one.PostAsJsonAsync("/access-token", new { grants = new { tts = true }, expires_in = 3600 }, Token);
        var made = await created.Content.ReadFromJsonAsync<JsonElement>(Token);
        using var other = cluster["api2"].Connect(made.GetProperty("token").GetString());
        Assert.Equal(HttpStatusCode.OK, await GetAsync(other));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"{cluster["api2"].WebSocket}?access_token={made.GetProperty("token").GetString()}"), Token);

        using var revoked = await one.DeleteAsync($"/v1/access-tokens/{made.GetProperty("id").GetString()}", Token);
        var began = Stopwatch.GetTimestamp();

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await socket.ReceiveAsync(new byte[1024], Token);
        Assert.Equal(4401, (int?)socket.CloseStatus);
        await Eventually.IsAsync(() => GetAsync(other), HttpStatusCode.Unauthorized, Token);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, LongestDelay);

        // A host that starts knows it before it answers, and the silos have it from their storage.
        await cluster["api2"].StopAsync();
        await Task.WhenAll(cluster["silo1"].StopAsync(), cluster["silo2"].StopAsync());
        await Task.WhenAll(cluster["silo1"].StartAsync(Token), cluster["silo2"].StartAsync(Token));
        await cluster["api2"].StartAsync(Token);
        using var restarted = cluster["api2"].Connect(made.GetProperty("token").GetString());
        using var ofKey = cluster["api2"].Connect();
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await GetAsync(restarted), await GetAsync(ofKey)));
    }

    private static Task<LocalCluster> StartAsync()
    {
        var key = new ApiKey(ApiKey.HashOf(OperatorKey)) { Scopes = Scopes.Operator };
        return LocalCluster.StartAsync(new ClusterShape { Silos = 2, Apis = 2, Settings = new Dictionary<string, string> { ["Tenants:ops:Keys:0"] = key.ToString() } }, Token);
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync("/voices", Token);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // The key was revoked in the middle of the answer.
            return HttpStatusCode.Gone;
        }
    }
}
