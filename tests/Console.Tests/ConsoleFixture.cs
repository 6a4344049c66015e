using Microsoft.Playwright;
using TtsGrains.Console.Tests;

[assembly: AssemblyFixture(typeof(ConsoleFixture))]

// Each test has a profile of its own: those of one class need not wait for each other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.All)]

namespace TtsGrains.Console.Tests;

/// <summary>One service and one browser for all tests: Debian's Chromium, driven by Playwright.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    // The same engine without the browser's own windows, which cost more processor time than the pages. The whole browser does as well.
    private static readonly string[] Browsers = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    private ServiceProcess? _service;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The address of the service.</summary>
    public Uri Service => _service!.Address;

    public async ValueTask InitializeAsync()
    {
        var chromium = Array.Find(Browsers, File.Exists);
        Assert.True(chromium is not null, $"{Browsers[^1]} is missing; install it with: sudo apt-get install -y chromium");
        _service = await ServiceProcess.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--autoplay-policy=no-user-gesture-required"],
        });
    }

    /// <summary>Opens the console in a profile of its own.</summary>
    /// <param name="key">The key to sign in with; null stays at the sign-in.</param>
    /// <param name="options">The profile; null is a desktop in light colours.</param>
    internal async Task<ConsolePage> OpenAsync(string? key = ServiceProcess.AcmeKey, BrowserNewContextOptions? options = null)
    {
        var context = await _browser!.NewContextAsync(options ?? new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1360, Height = 860 } });
        var page = new ConsolePage(await context.NewPageAsync(), Service);
        await page.Page.GotoAsync(new Uri(Service, "/console").ToString());
        if (key is not null)
        {
            await page.SignInAsync(key);
        }

        return page;
    }

    /// <summary>Opens a call of the tenant that the console signs in for.</summary>
    internal Task<Call> CallAsync(string? reference = null) => Call.OpenAsync(Service, reference);

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }
}
