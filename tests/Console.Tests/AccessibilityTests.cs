using System.Text.Json;
using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

/// <summary>Each view, in light and dark colours, on a desktop and on a phone, against the rules of axe-core.</summary>
public sealed class AccessibilityTests(ConsoleFixture fixture)
{
    private const string Axe = "tests/node/node_modules/axe-core/axe.min.js";

    [Theory]
    [InlineData(ColorScheme.Light, 1360)]
    [InlineData(ColorScheme.Dark, 1360)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Views_MeetTheRulesAndFitTheWidth(ColorScheme colours, int width)
    {
        await using var caller = await fixture.CallAsync();
        await caller.SpeakAsync("A session for all views.");
        var session = caller.Session;
        await using var console = await fixture.OpenAsync(key: null, new BrowserNewContextOptions
        {
            ColorScheme = colours,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
        });
        await CheckAsync(console, "sign-in");
        await console.SignInAsync(ServiceProcess.AcmeKey);
        await console.SpeakAsync("Words to look at.");
        await console.WhenStateAsync("finished");
        await CheckAsync(console, "try");

        await console.GoAsync("live");
        await console.Page.Locator($"[data-session={session}]").WaitForAsync();
        await CheckAsync(console, "live");
        await console.GoAsync($"live/{session}");
        await console.Page.Locator("[data-panel=listen][data-listening=live]").WaitForAsync();
        await CheckAsync(console, "listen");
        await console.GoAsync("archive");
        await console.Page.GetByRole(AriaRole.Link, new() { Name = session }).WaitForAsync();
        await CheckAsync(console, "archive");
        await console.GoAsync($"archive/{session}");
        await console.Page.Locator("svg.timeline").WaitForAsync();
        await CheckAsync(console, "session");
        await console.GoAsync("operations");
        await console.Page.GetByRole(AriaRole.Region, new() { Name = "Hosts, table" }).WaitForAsync();
        await CheckAsync(console, "operations");
    }

    private static async Task CheckAsync(ConsolePage console, string view)
    {
        // Evaluated by the debugger, which the page's policy does not bind. The page stays the same from view to view.
        if (!await console.Page.EvaluateAsync<bool>("'axe' in window"))
        {
            await console.Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(ServiceProcess.PathOf("Repository"), Axe), TestContext.Current.CancellationToken));
        }

        var found = await console.Page.EvaluateAsync<JsonElement>(
            "async () => (await axe.run({ resultTypes: ['violations'] })).violations.map(rule => `${rule.id}: ${rule.nodes.map(node => `${node.target} ${node.failureSummary}`).join('; ')}`)");
        Assert.True(found.GetArrayLength() == 0, $"{view}: {found}");
        var wide = await console.Page.EvaluateAsync<string[]>(
            "document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.outerHTML.slice(0, 200))");
        Assert.True(wide.Length == 0, $"{view} is wider than the page: {string.Join('\n', wide)}");
        Assert.Empty(console.Errors);
    }
}
