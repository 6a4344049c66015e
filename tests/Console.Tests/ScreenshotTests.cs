using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

/// <summary>The pictures of the documentation, from a real service. They are written to <c>docs/images</c> if <c>TTS_WRITE_DOCS</c> is 1.</summary>
public sealed class ScreenshotTests(ConsoleFixture fixture)
{
    private const string Text = "Good afternoon, this is the service line. Your order left our warehouse this morning, and it arrives tomorrow before noon. Is there anything else that I can do for you?";

    private static readonly BrowserNewContextOptions Desktop = new() { ViewportSize = new ViewportSize { Width = 1360, Height = 760 }, ColorScheme = ColorScheme.Light };
    private static readonly BrowserNewContextOptions Dark = new() { ViewportSize = new ViewportSize { Width = 1360, Height = 760 }, ColorScheme = ColorScheme.Dark };

    [Fact]
    public async Task TryIt_WhileItSpeaks()
    {
        await using var console = await fixture.OpenAsync(options: Desktop);
        await console.SpeakAsync(Text);
        await console.WhenAsync("Number(document.querySelector('section[aria-label=Speech]').dataset.played) > 4");

        await WriteAsync(console, "console-try.png");
    }

    [Fact]
    public async Task Live_WithSeveralSessions()
    {
        var calls = new List<Call>();
        try
        {
            for (var i = 0; i < 6; i++)
            {
                calls.Add(await fixture.CallAsync($"order-{1040 + i}"));
                await calls[i].SpeakAsync("Hello.");
            }

            await using var console = await fixture.OpenAsync(options: Dark);
            await console.GoAsync("live");
            foreach (var call in calls)
            {
                await console.Page.Locator($"[data-session={call.Session}][data-listening=live]").WaitForAsync();
            }

            await Task.WhenAll(calls.Select(call => call.SpeakAsync(Text)));
            await console.WhenAsync("[...document.querySelectorAll('.card')].filter(card => Number(card.dataset.loud) > 30).length >= 4");

            await WriteAsync(console, "console-live.png");
        }
        finally
        {
            foreach (var call in calls)
            {
                await call.DisposeAsync();
            }
        }
    }

    private static async Task WriteAsync(ConsolePage console, string name)
    {
        var picture = await console.Page.ScreenshotAsync();
        Assert.NotEmpty(picture);
        if (Environment.GetEnvironmentVariable("TTS_WRITE_DOCS") == "1")
        {
            await File.WriteAllBytesAsync(Path.Combine(ServiceProcess.PathOf("Repository"), "docs", "images", name), picture, TestContext.Current.CancellationToken);
        }
    }
}
