using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

public sealed class LiveTests(ConsoleFixture fixture)
{
    private const string Text = "A supervisor follows this call as it is spoken, with its waveform and with its words, and hears it with one click.";

    [Fact]
    public async Task ALiveSession_HasACardThatMovesAndCanBeListenedTo()
    {
        await using var caller = await fixture.CallAsync();
        await using var supervisor = await fixture.OpenAsync();
        await caller.SpeakAsync("First. ");
        var session = caller.Session;

        await supervisor.GoAsync("live");
        var card = $"[data-session={session}]";
        await supervisor.Page.Locator($"{card}[data-listening=live]").WaitForAsync();
        await caller.SpeakAsync(Text);
        await supervisor.WhenAsync($"Number(document.querySelector('{card}').dataset.loud) > 5");
        await supervisor.Page.Locator($"{card} .words .spoken").WaitForAsync();
        await supervisor.Page.Locator($"{card} header").GetByText("lag").WaitForAsync();
        await supervisor.Page.Locator($"{card} header").GetByText("main").WaitForAsync();

        await supervisor.Page.Locator($"{card} button").ClickAsync();
        await supervisor.Page.Locator("[data-panel=listen][data-listening=live]").WaitForAsync();
        await supervisor.Page.GetByRole(AriaRole.Button, new() { Name = "From the start" }).ClickAsync();
        await supervisor.WhenAsync("Number(document.querySelector('[data-panel=listen]').dataset.played) > 0.3");
        await supervisor.WhenAsync("Number(document.querySelector('[data-panel=listen] [role=meter]').getAttribute('aria-valuenow')) > 0");
        await supervisor.Page.Locator("[data-panel=listen] .words span", new() { HasText = "First." }).WaitForAsync();
        Assert.Empty(supervisor.Errors);
    }

    [Fact]
    public async Task Search_HidesOtherSessions()
    {
        await using var first = await fixture.CallAsync();
        await using var second = await fixture.CallAsync();
        await using var supervisor = await fixture.OpenAsync();
        await first.SpeakAsync("One.");
        await second.SpeakAsync("Two.");
        var (wanted, other) = (first.Session, second.Session);
        await supervisor.GoAsync("live");
        await supervisor.Page.Locator($"[data-session={other}]").WaitForAsync();

        await supervisor.Page.GetByLabel("Search").FillAsync(wanted);

        await supervisor.Page.Locator($"[data-session={other}]").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await supervisor.Page.Locator($"[data-session={wanted}]").WaitForAsync();
    }

    [Fact]
    public async Task AForeignKey_SeesNothing()
    {
        await using var caller = await fixture.CallAsync();
        await caller.SpeakAsync("Only for acme.");
        var session = caller.Session;
        await using var stranger = await fixture.OpenAsync(ServiceProcess.BoltKey);

        await stranger.GoAsync("live");
        await stranger.Page.GetByText("No live sessions.").WaitForAsync();
        await stranger.GoAsync($"live/{session}");
        await stranger.Page.Locator("[data-panel=listen][data-listening=refused]").WaitForAsync();
        await stranger.Page.EvaluateAsync("hash => { location.hash = hash; }", $"#/archive/{session}");

        await stranger.Page.GetByText("There is no such session").Last.WaitForAsync();
    }
}
