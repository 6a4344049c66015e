using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

public sealed class TryItTests(ConsoleFixture fixture)
{
    private const string Long = "This is a long sentence that is spoken for some seconds, so that there is time to cancel it before its end has been reached by the voice.";

    [Fact]
    public async Task Speak_PlaysSamplesDrawsThemAndMarksWords()
    {
        await using var console = await fixture.OpenAsync();

        await console.SpeakAsync("One two three four five six.");

        await console.WhenAsync("Number(document.querySelector('section[aria-label=Speech]').dataset.played) > 0.3");
        await console.WhenAsync("Number(document.querySelector('section[aria-label=Speech]').dataset.loud) > 5");
        await console.Page.Locator(".words .spoken").First.WaitForAsync();
        await console.WhenStateAsync("finished");
        Assert.EndsWith("ms", await console.Page.Locator(".figures dd").First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("One two three four five six.", (await console.Page.Locator("p.words").InnerTextAsync()).Trim());
        Assert.Equal(6, await console.Page.Locator(".frames tr.out").CountAsync());
        Assert.Empty(console.Errors);
    }

    [Fact]
    public async Task Cancel_SilencesAtOnce()
    {
        await using var console = await fixture.OpenAsync();
        await console.Page.GetByLabel("Push").SelectOptionAsync("whole");
        await console.SpeakAsync(Long);
        await console.WhenAsync("Number(document.querySelector('section[aria-label=Speech]').dataset.played) > 0.3");

        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await console.WhenStateAsync("cancelled");
        await console.WhenAsync("Number(document.querySelector('section[aria-label=Speech]').dataset.loud) === 0");
        await console.WhenAsync("Number(document.querySelector('section[aria-label=Speech]').dataset.played) === 0");
    }

    [Fact]
    public async Task Speak_AfterACancel_IsHeardAgain()
    {
        await using var console = await fixture.OpenAsync();
        await console.SpeakAsync(Long);
        await console.WhenAsync("Number(document.querySelector('section[aria-label=Speech]').dataset.played) > 0.2");
        await console.Page.Keyboard.PressAsync("Tab");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await console.WhenStateAsync("cancelled");

        await console.SpeakAsync("Once more.");

        await console.WhenStateAsync("finished");
        Assert.Equal("Once more.", (await console.Page.Locator("p.words").InnerTextAsync()).Trim());
    }

    [Fact]
    public async Task ABrowserWithoutAudioWorklet_IsToldAndStillShowsWords()
    {
        await using var console = await fixture.OpenAsync(key: null);
        await console.Page.AddInitScriptAsync("delete window.AudioWorkletNode");
        await console.Page.ReloadAsync();
        await console.SignInAsync(ServiceProcess.AcmeKey);

        await console.SpeakAsync("Silent words.");

        Assert.Contains("AudioWorklet", await console.Page.GetByRole(AriaRole.Note).InnerTextAsync(), StringComparison.Ordinal);
        await console.WhenStateAsync("finished");
        Assert.Equal("Silent words.", (await console.Page.Locator("p.words").InnerTextAsync()).Trim());
    }
}
