using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

public sealed class OperationsTests(ConsoleFixture fixture)
{
    [Fact]
    public async Task Operations_ShowUpstreamHostUseAndErrors()
    {
        await using var console = await fixture.OpenAsync();
        await console.SpeakAsync("A context that is open.");
        await console.WhenStateAsync("finished");
        await console.Page.EvaluateAsync("hash => { location.hash = hash; }", "#/archive/no-such-session");
        await console.Page.GetByText("There is no such session").WaitForAsync();

        await console.GoAsync("operations");

        await console.Page.GetByRole(AriaRole.Region, new() { Name = "Upstreams, table" }).GetByText("main").WaitForAsync();
        await console.Page.GetByRole(AriaRole.Region, new() { Name = "Hosts, table" }).GetByText("silo, api").WaitForAsync();
        await console.Page.GetByText("session_not_found").First.WaitForAsync();
        await console.WhenAsync("Number(document.querySelector('[role=meter][aria-label=\"Open contexts\"]').getAttribute('aria-valuemax')) > 1");
        Assert.DoesNotContain(console.Urls, url => url.Contains(ServiceProcess.AcmeKey, StringComparison.Ordinal));
        Assert.Empty(console.Errors);
    }

    [Fact]
    public async Task Operations_AreRefusedToAKeyWithoutTheScope()
    {
        await using var console = await fixture.OpenAsync(ServiceProcess.BoltKey);

        await console.GoAsync("operations");

        await console.Page.GetByText("lacks the scope admin").WaitForAsync();
    }
}
