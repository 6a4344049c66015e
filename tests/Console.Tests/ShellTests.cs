using System.Net;
using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

public sealed class ShellTests(ConsoleFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Root_RedirectsABrowserAndAnswersAnSdk()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = fixture.Service };
        using var browser = new HttpRequestMessage(HttpMethod.Get, "/");
        browser.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");

        using var redirect = await http.SendAsync(browser, Token);
        using var document = await http.GetAsync("/", Token);

        Assert.Equal((HttpStatusCode.Found, "/console"), (redirect.StatusCode, redirect.Headers.Location?.ToString()));
        Assert.Equal((HttpStatusCode.OK, "application/json"), (document.StatusCode, document.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/main.js")]
    [InlineData("/base.css")]
    public async Task Files_ForbidInlineCodeAndOtherOrigins(string path)
    {
        using var http = new HttpClient { BaseAddress = fixture.Service };

        using var answer = await http.GetAsync($"/console{path}", Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/console/none.js")]
    [InlineData("/console/..%2f..%2fappsettings.json")]
    [InlineData("/console/lib")]
    public async Task Files_ThatAreNotTheConsoles_AreNotServed(string path)
    {
        using var http = new HttpClient { BaseAddress = fixture.Service };

        using var answer = await http.GetAsync(path, Token);

        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);
    }

    [Fact]
    public async Task SignIn_WithAnUnknownKey_SaysSo()
    {
        await using var console = await fixture.OpenAsync(key: null);

        await console.Page.GetByLabel("API key").FillAsync("no-such-key");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await console.Page.GetByText("The service does not know this key.").WaitForAsync();
    }

    [Fact]
    public async Task Urls_NeverHaveTheKeyAndStayAtTheService()
    {
        await using var console = await fixture.OpenAsync();
        await console.SpeakAsync("No key in a URL.");
        await console.WhenStateAsync("finished");
        var session = await console.SessionAsync;
        await console.GoAsync($"live/{session}");
        await console.GoAsync("archive");

        Assert.Contains(console.Urls, url => url.Contains("access_token=", StringComparison.Ordinal));
        Assert.All(console.Urls, url => Assert.DoesNotContain(ServiceProcess.AcmeKey, url, StringComparison.Ordinal));
        Assert.All(console.Urls, url => Assert.True(console.IsOfService(url), url));
        Assert.Equal("{}", await console.Page.EvaluateAsync<string>("JSON.stringify(Object.fromEntries(Object.entries(localStorage).filter(([, value]) => value.includes('acme-key'))))"));
        Assert.Empty(await console.Page.Context.CookiesAsync());
    }

    [Fact]
    public async Task SignOut_ForgetsTheKey()
    {
        await using var console = await fixture.OpenAsync();

        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await console.Page.GetByLabel("API key").WaitForAsync();
        Assert.Equal(0, await console.Page.EvaluateAsync<int>("sessionStorage.length"));
    }
}
