using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

/// <summary>Listening in on a session over a connection that breaks.</summary>
public sealed partial class ReconnectTests(ConsoleFixture fixture)
{
    [Fact]
    public async Task ALostConnection_IsContinuedWithoutMissingOrRepeatingAWord()
    {
        await using var caller = await fixture.CallAsync();
        await caller.SpeakAsync("one two three four five six seven eight nine ten.");
        var session = caller.Session;
        await using var supervisor = await fixture.OpenAsync();
        var asked = new ConcurrentQueue<string>();
        await supervisor.Page.RouteWebSocketAsync(SessionAudio(), socket => BreakFirst(socket, asked));
        await supervisor.Page.ReloadAsync();
        await supervisor.GoAsync($"live/{session}");
        await supervisor.Page.EvaluateAsync("""
            window.said = [];
            new MutationObserver(() => window.said.push(document.querySelector('[data-panel=listen] [role=status]').textContent)).observe(document.querySelector('[data-panel=listen]'), { subtree: true, childList: true });
            """);
        await supervisor.Page.GetByRole(AriaRole.Button, new() { Name = "From the start" }).ClickAsync();

        await supervisor.WhenAsync("document.querySelectorAll('[data-panel=listen] .words span').length >= 10");

        Assert.Contains("Connection lost; reconnecting where it broke off", await supervisor.Page.EvaluateAsync<string[]>("window.said"));
        var words = (await supervisor.Page.Locator("[data-panel=listen] .words").InnerTextAsync()).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten."], words);
        var continued = asked.Where(url => url.Contains("24000", StringComparison.Ordinal) && !url.Contains("from=live", StringComparison.Ordinal)).ToArray();
        Assert.Contains(continued, url => url.Contains("%3A", StringComparison.Ordinal) || url.Contains("since=", StringComparison.Ordinal));
    }

    // Of the connections that replay from the start, the first is closed after some frames, as by a proxy that restarts.
    private static void BreakFirst(IWebSocketRoute socket, ConcurrentQueue<string> asked)
    {
        var isFirst = !asked.Any(url => url.Contains("from=start", StringComparison.Ordinal)) && socket.Url.Contains("from=start", StringComparison.Ordinal);
        asked.Enqueue(socket.Url);
        var frames = 0;
        var server = socket.ConnectToServer();
        server.OnMessage(frame =>
        {
            frames++;
            if (isFirst && frames == 12)
            {
                _ = server.CloseAsync();
                _ = socket.CloseAsync(new WebSocketRouteCloseOptions { Code = 3001 });
            }
            else if (!isFirst || frames < 12)
            {
                socket.Send(frame.Text!);
            }
        });
    }

    [GeneratedRegex("/v1/sessions/.+/audio")]
    private static partial Regex SessionAudio();
}
