using System.Net;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Access;

public sealed class DemoTenantTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Development_WithTenantsOfItsOwn_HasNoDemoKey()
    {
        await using var host = HostProcess.Start("ApiHost", ("Tenants:acme:Keys:0", new string('a', 64)));
        using var requests = new HttpClient { BaseAddress = await host.WhenReadyAsync(Token) };

        using var answer = await requests.GetAsync("/v1/sessions?api_key=demo", Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
