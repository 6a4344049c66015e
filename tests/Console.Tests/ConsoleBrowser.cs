using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

/// <summary>A browser that opens the console: Debian's Chromium, driven by Playwright.</summary>
internal sealed class ConsoleBrowser : IAsyncDisposable
{
    // The same engine without the browser's own windows, which cost more processor time than the pages. The whole browser does as well.
    private static readonly string[] Browsers = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    private static readonly BrowserNewContextOptions Desktop = new() { ViewportSize = new ViewportSize { Width = 1360, Height = 860 } };

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private ConsoleBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<ConsoleBrowser> StartAsync()
    {
        var chromium = Array.Find(Browsers, File.Exists);
        Assert.True(chromium is not null, $"{Browsers[^1]} is missing; install it with: sudo apt-get install -y chromium");
        var playwright = await Playwright.CreateAsync();
        return new ConsoleBrowser(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required"],
        }));
    }

    /// <summary>Opens the console in a profile of its own.</summary>
    /// <param name="service">The address of the service.</param>
    /// <param name="key">The key to sign in with; null stays at the sign-in.</param>
    /// <param name="options">The profile; null is a desktop in light colours.</param>
    public async Task<ConsolePage> OpenAsync(Uri service, string? key, BrowserNewContextOptions? options = null)
    {
        var context = await _browser.NewContextAsync(options ?? Desktop);
        var page = new ConsolePage(await context.NewPageAsync(), service);
        await page.Page.GotoAsync(new Uri(service, "/console").ToString());
        if (key is not null)
        {
            await page.SignInAsync(key);
        }

        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
