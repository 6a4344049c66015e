using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

/// <summary>A thousand live sessions on the wall, and ten thousand. The page gets them from scripts, so that the figures are those of the page alone.</summary>
public sealed partial class ManySessionsTests(ConsoleFixture fixture)
{
    private const int Sessions = 1000;
    private const int PageSize = 1000;
    private const double Seconds = 3;

    // Ten chunks a second for each socket, as a session that speaks in time has them, with a word in each.
    private const string SpeakingSockets = """
        const noise = btoa(String.fromCharCode(...Array.from({ length: 800 }, (_, i) => 128 * (i & 1) + 20 + i % 40)));
        window.WebSocket = class {
          static OPEN = 1;
          readyState = 1;
          constructor() {
            let offset = 0;
            setTimeout(() => this.onopen?.(), 0);
            this.timer = setInterval(() => {
              const start = offset / 10;
              this.onmessage?.({ data: JSON.stringify({ type: 'chunk', context_id: 'c', offset: 2 * offset, data: noise }) });
              this.onmessage?.({ data: JSON.stringify({ type: 'timestamps', context_id: 'c', offset: 2 * offset++ + 1, word_timestamps: { words: [`word${offset}`], start: [start], end: [start + 0.1] } }) });
            }, 100);
          }
          close() { clearInterval(this.timer); }
        };
        """;

    [Fact]
    public async Task TenThousandSessions_AreOnThePageOnlyWhereTheyAreVisible()
    {
        await using var console = await OpenAsync(sessions: 10_000);

        await console.Page.GetByText("10000 of 10000").WaitForAsync();
        await console.WhenAsync("document.querySelector('.card[data-listening]') !== null");
        Assert.InRange(await console.Page.Locator(".card").CountAsync(), 1, 60);
        await console.Page.EvaluateAsync("window.scrollTo(0, document.documentElement.scrollHeight)");
        await console.Page.Locator("[data-session=call-9999][data-listening]").WaitForAsync();
        Assert.Equal(("10000", "10000"), (await AttributeAsync("aria-posinset"), await AttributeAsync("aria-setsize")));
        Assert.InRange(await console.Page.Locator(".card").CountAsync(), 1, 60);

        await console.Page.GetByLabel("Search").FillAsync("call-4711");

        await console.Page.Locator("[data-session=call-4711]").WaitForAsync();
        Assert.Equal(1, await console.Page.Locator(".card").CountAsync());
        Assert.Empty(console.Errors);

        Task<string?> AttributeAsync(string name) => console.Page.Locator("[data-session=call-9999]").GetAttributeAsync(name);
    }

    [Fact]
    public async Task AThousandSessionsThatSpeak_AreDrawnWhereTheyAreVisible()
    {
        await using var console = await OpenAsync(SpeakingSockets);
        await console.WhenAsync("[...document.querySelectorAll('.card[data-listening=live]')].filter(card => Number(card.dataset.loud) > 5).length >= 8");
        var (drawn, visible) = await console.MeasureAsync("return [document.querySelectorAll('.card[data-loud]').length, document.querySelectorAll('.card[data-listening]').length];");
        Assert.InRange(drawn, 8, visible);

        // A figure, not a limit: it depends on the machine. docs/performance.md has one with its machine.
        var (frames, busy) = await console.MeasureAsync(string.Create(CultureInfo.InvariantCulture, $$"""
            const original = window.requestAnimationFrame.bind(window), from = performance.now();
            let frames = 0, busy = 0;
            window.requestAnimationFrame = callback => original(now => { const start = performance.now(); callback(now); busy += performance.now() - start; });
            await new Promise(done => original(function count(now) { frames++; if (now - from >= {{Seconds * 1000}}) done(); else original(count); }));
            window.requestAnimationFrame = original;
            return [frames / {{Seconds}}, busy / frames];
            """));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Sessions} sessions, {visible} subscribed: {frames:0} frames a second, {busy:0.00} ms of script in each"));
    }

    private async Task<ConsolePage> OpenAsync(string? script = null, int sessions = Sessions)
    {
        var console = await fixture.OpenAsync(key: null);
        if (script is not null)
        {
            await console.Page.AddInitScriptAsync(script);
            await console.Page.ReloadAsync();
        }

        await console.SignInAsync(ServiceProcess.AcmeKey);
        await console.Page.RouteAsync("**/v1/sessions?**", route =>
        {
            var after = AfterOf().Match(route.Request.Url) is { Success: true } match ? int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) : 0;
            return route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = List(after, sessions) });
        });
        await console.Page.RouteAsync("**/v1/sessions/call-*", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = """{"listeners":1}""" }));
        await console.GoAsync("live");
        return console;
    }

    private static string List(int after, int sessions) => JsonSerializer.Serialize(new
    {
        data = Enumerable.Range(after, Math.Min(PageSize, sessions - after)).Select(i => new
        {
            session_id = $"call-{i}",
            started_at = "2026-03-04T10:00:00Z",
            state = "open",
            live = true,
            totals = new { contexts = 1, segments = 0, duration_ms = 0, characters = 0 },
        }),
        next = after + PageSize < sessions ? $"{after + PageSize}" : null,
    });

    [GeneratedRegex(@"[?&]after=(?<number>\d+)")]
    private static partial Regex AfterOf();
}
