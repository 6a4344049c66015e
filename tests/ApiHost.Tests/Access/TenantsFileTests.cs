using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Access;

/// <summary>A tenants file that changes while the service runs.</summary>
public sealed class TenantsFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task File_WhenItChanges_TenantsComeChangeAndGo()
    {
        using var file = new TestTenantsFile();
        file.Set("carol", ["carol-key"]);
        await using var service = await RunningService.StartAsync(file.Setting);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "carol-key"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "acme-key"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(service, "dave-key"));

        file.Set("dave", ["dave-key"]);
        await Eventually.IsAsync(() => GetAsync(service, "dave-key"), HttpStatusCode.OK, Token);

        file.Set("carol", ["carol-next-key"]);
        await Eventually.IsAsync(() => GetAsync(service, "carol-key"), HttpStatusCode.Unauthorized, Token);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "carol-next-key"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "acme-key"));
    }

    [Fact]
    public async Task File_WithAFault_LeavesTheTenantsAsTheyWere()
    {
        using var file = new TestTenantsFile();
        file.Set("carol", ["carol-key"]);
        await using var service = await RunningService.StartAsync(file.Setting);

        // The key of another tenant: if it were in force, neither could be told from the other.
        file.Set("dave", ["acme-key"]);
        file.Write("""{"tenants": {"carol": {"keys": [], "maxOpenContexts": 0}}}""");
        file.Write("""{"tenants": """);
        File.Delete(file.Path);
        file.Set("dave", ["dave-key"]);

        await Eventually.IsAsync(() => GetAsync(service, "dave-key"), HttpStatusCode.OK, Token);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(service, "carol-key"));
    }

    [Fact]
    public async Task Limit_WhenItIsRaised_HoldsForTheNextContext()
    {
        using var file = new TestTenantsFile();
        file.Set("carol", ["carol-key"], ("maxOpenContexts", 1));
        await using var service = await RunningService.StartAsync(file.Setting);
        service.Upstream.When("Hold", static (context, message) => message.IsCancel ? ScriptedContext.Answer(context, message) : Task.CompletedTask);
        await using var client = await SocketClient.ConnectAsync(service, "carol");
        await client.PushAsync("a", "Hold on.");
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Hold").Count == 1, Token);
        await client.PushAsync("b", "One too many.", more: false);
        Assert.Equal("concurrency_limited", (await client.WhenEndedAsync("b")).ErrorCode);

        file.Set("carol", ["carol-key"], ("maxOpenContexts", 2));
        var options = service.Services.GetRequiredService<IOptionsMonitor<TenantOptions>>();
        await Eventually.IsTrueAsync(() => options.Get("carol").MaxOpenContexts == 2, Token);

        await client.PushAsync("c", "Room for this.", more: false);
        Assert.True((await client.WhenEndedAsync("c")).IsDone);
    }

    [Theory]
    [InlineData("", "cannot be read")]
    [InlineData("""{"tenants": {"acme": {}}}""", "Tenants:acme is in the settings of the host too; a tenant is in one of them.")]
    [InlineData("""{"tenants": {"carol": {"upstreams": ["mainn"]}}}""", "no upstream of that name is configured. Did you mean main?")]
    public async Task Start_AFaultyFile_IsRefusedAndNamed(string content, string expected)
    {
        using var file = new TestTenantsFile();
        if (content.Length > 0)
        {
            file.Write(content);
        }

        await using var host = HostProcess.Start(
            "ApiHost", ("TenantsFile", file.Path), ("Tenants:acme:Keys:0", ApiKey.HashOf("acme-key")), ("Upstreams:main:Url", "ws://127.0.0.1:1"));

        Assert.Equal(2, await host.WhenExitedAsync(Token));
        Assert.Contains(expected, Assert.Single(host.Errors), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> GetAsync(RunningService service, string key)
    {
        using var http = new HttpClient { BaseAddress = service.Http };
        http.DefaultRequestHeaders.Add("X-API-Key", key);
        try
        {
            using var response = await http.GetAsync("/voices", Token);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            // Its key was revoked in the middle of the answer.
            return HttpStatusCode.Gone;
        }
    }
}
