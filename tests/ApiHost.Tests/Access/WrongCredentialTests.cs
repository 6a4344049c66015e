using System.Net;
using System.Net.WebSockets;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>Clients that try credentials are slowed; the others of their address are not.</summary>
public sealed class WrongCredentialTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WrongKeys_BeyondTheRate_Are429AndAValidOneIsLetIn()
    {
        await using var service = await RunningService.StartAsync("Credentials:MaxWrongPerMinute=3");
        var statuses = new List<int>();
        foreach (var wrong in new[] { "a", "b", "c", "d", "tok_e" })
        {
            statuses.Add(await TryAsync(service, wrong));
        }

        Assert.Equal([401, 401, 401, 429, 429], statuses);

        Assert.Equal(200, await TryAsync(service, "acme-key"));
        Assert.Equal(401, await TryAsync(service, key: null));
        await using var client = await SocketClient.ConnectAsync(service);
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.ConnectAsync(service, "wrong"));
        Assert.Contains("429", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongKeys_BeyondTheRate_AreToldWhenToTryAgain()
    {
        await using var service = await RunningService.StartAsync("Credentials:MaxWrongPerMinute=1");
        await TryAsync(service, "a");
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", "b");

        foreach (var path in new[] { "/voices", "/v1/sessions" })
        {
            using var response = await http.GetAsync(path, Token);

            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(10), response.Headers.RetryAfter!.Delta);
            Assert.Contains("too_many_wrong_credentials", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("127.0.0.0/8", 401)]
    [InlineData("::1", 429)]
    public async Task WrongKeys_ThroughAProxy_CountForTheClientIfTheProxyIsTrusted(string trusted, int expected)
    {
        await using var service = await RunningService.StartAsync("Credentials:MaxWrongPerMinute=1", $"Proxies:Trusted:0={trusted}");

        Assert.Equal(401, await TryAsync(service, "a", client: "192.0.2.1"));
        Assert.Equal(expected, await TryAsync(service, "b", client: "192.0.2.2"));
        Assert.Equal(429, await TryAsync(service, "c", client: "192.0.2.1"));
    }

    private static async Task<int> TryAsync(RunningService service, string? key, string? client = null)
    {
        using var http = new HttpClient { BaseAddress = service.Http };
        if (client is not null)
        {
            http.DefaultRequestHeaders.Add("X-Forwarded-For", client);
        }

        if (key is not null)
        {
            http.DefaultRequestHeaders.Add("X-API-Key", key);
        }

        using var response = await http.GetAsync("/voices", Token);
        return (int)response.StatusCode;
    }
}
