using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

/// <summary>A key or a token that the service stops to take while the console is open. The answers are the service's own: to credentials that it does not know.</summary>
public sealed partial class CredentialTests(ConsoleFixture fixture)
{
    [Theory]
    [InlineData("live")]
    [InlineData("operations")]
    public async Task AKeyThatIsRevoked_IsForgottenAndAnotherOneIsAskedFor(string view)
    {
        await using var console = await fixture.OpenAsync();
        await console.GoAsync(view);

        await console.Page.RouteAsync(Api(), route => ContinueAsync(route, "revoked-key"));

        await console.Page.GetByText("The service no longer takes this key").WaitForAsync();
        Assert.Equal(0, await console.Page.EvaluateAsync<int>("sessionStorage.length"));
        await console.Page.UnrouteAsync(Api());
        await console.Page.GetByLabel("API key").FillAsync(ServiceProcess.AcmeKey);
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await console.Page.Locator("#nav [aria-current=page]").WaitForAsync();
        Assert.Empty(console.Errors);
    }

    [Fact]
    public async Task ATokenThatHasExpired_IsRenewedWithTheKey()
    {
        await using var caller = await fixture.CallAsync();
        await using var console = await fixture.OpenAsync();
        var refused = 0;
        await console.Page.RouteAsync("**/v1/sessions?**", route => Interlocked.Exchange(ref refused, 1) == 0 ? ContinueAsync(route, "expired-token") : route.ContinueAsync());

        await console.GoAsync("live");

        await console.Page.Locator($"[data-session={caller.Session}]").WaitForAsync();
        Assert.Equal((1, 2), (refused, console.Urls.Count(url => url.EndsWith("/access-token", StringComparison.Ordinal))));
        Assert.Equal("", await console.Page.Locator("[role=alert]").TextContentAsync());
    }

    private static Task ContinueAsync(IRoute route, string credential)
    {
        var headers = new Dictionary<string, string>(route.Request.Headers) { ["authorization"] = $"Bearer {credential}" };
        headers.Remove("x-api-key");
        return route.ContinueAsync(new RouteContinueOptions { Headers = headers });
    }

    [GeneratedRegex("/(v1/|access-token)")]
    private static partial Regex Api();
}
