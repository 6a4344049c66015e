using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

/// <summary>Hearing a session again from another position, at another speed, and catching up.</summary>
public sealed class ListeningTests(ConsoleFixture fixture)
{
    private const string Text = "A supervisor hears this sentence again from its beginning, then faster than it was spoken, and is live again before the caller has said much more than this.";

    [Fact]
    public async Task Position_GoesBackAndCatchesUp()
    {
        await using var call = await fixture.CallAsync();
        await call.SpeakAsync(Text);
        await using var console = await fixture.OpenAsync();
        await console.GoAsync($"live/{call.Session}");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "From the start" }).ClickAsync();
        await console.WhenAsync("document.querySelectorAll('[data-panel=listen] .words span').length >= 20 && Number(document.querySelector('.transport').dataset.behind) > 3");

        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Catch up" }).ClickAsync();
        await console.WhenAsync("Number(document.querySelector('.transport').dataset.behind) < 1");
        await console.Page.GetByLabel("Position").FocusAsync();
        await console.Page.Keyboard.PressAsync("Home");

        await console.WhenAsync("Number(document.querySelector('.transport').dataset.behind) > 3 && Number(document.querySelector('[data-panel=listen]').dataset.played) > 0.3");
        await console.WhenAsync("Number(document.querySelector('[data-panel=listen] [aria-label=Level]').getAttribute('aria-valuenow')) > 0");
        Assert.Empty(console.Errors);
    }

    [Fact]
    public async Task DoubleSpeed_PlaysTwiceAsMuchAndEndsAtTheNewestAudio()
    {
        await using var call = await fixture.CallAsync();
        await call.SpeakAsync(Text);
        await using var console = await fixture.OpenAsync();
        await console.GoAsync($"live/{call.Session}");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "From the start" }).ClickAsync();
        await console.WhenAsync("Number(document.querySelector('[data-panel=listen]').dataset.played) > 0.1");

        await console.Page.GetByLabel("Speed, pitch kept").SelectOptionAsync("2");

        await console.WhenAsync("document.querySelector('.transport select').value === '1'");
        await console.WhenAsync("Number(document.querySelector('.transport').dataset.behind) < 0.2");
        Assert.Empty(console.Errors);
    }

    /// <summary>What one piece skips may be all that is left.</summary>
    [Fact]
    public async Task DoubleSpeed_WhoseLastPieceReachesTheEnd_EndsThere()
    {
        await using var console = await fixture.OpenAsync();

        var (most, least) = await console.MeasureAsync("""
            const { Playback } = await import('/console/live/playback.js');
            const speeds = [];
            for (let samples = 24000; samples < 27000; samples += 10) {
              const playback = new Playback(24000);
              playback.append(new Float32Array(samples));
              playback.speed = 2;
              playback.player = { played: 0, play(part) { this.played += part.length; }, clear() { this.played = 0; } };
              speeds.push(playback.speed);
            }
            return [Math.max(...speeds), Math.min(...speeds)];
            """);

        Assert.Equal((1, 1), (most, least));
    }

    /// <summary>As in a browser without sound, or one that is still preparing it.</summary>
    [Fact]
    public async Task DoubleSpeed_WithoutALoudspeaker_EndsAtTheNewestAudio()
    {
        await using var console = await fixture.OpenAsync();

        var (speed, shown) = await console.MeasureAsync("""
            const { Playback } = await import('/console/live/playback.js');
            const playback = new Playback(24000);
            let shown = 0;
            playback.onspeed = speed => { shown = speed; };
            playback.speed = 2;
            playback.tick(performance.now());
            if (playback.speed !== 2) return [playback.speed, shown];
            playback.append(new Float32Array(24000));
            playback.tick(performance.now() + 5000);
            return [playback.speed, shown];
            """);

        Assert.Equal((1, 1), (speed, shown));
    }

    [Fact]
    public async Task Stretch_KeepsThePitchAndHalvesTheLength()
    {
        await using var console = await fixture.OpenAsync();

        // Zero crossings of a tone of 200 Hz tell its pitch.
        var (length, hertz) = await console.MeasureAsync("""
            const { Stretch } = await import('/console/audio/stretch.js');
            const rate = 24000, stretch = new Stretch(rate), tone = Float32Array.from({ length: 2 * rate }, (_, i) => Math.sin(2 * Math.PI * 200 * i / rate));
            const heard = [];
            for (let at = 0; at + stretch.needed <= tone.length; at += 2 * stretch.made) heard.push(...stretch.next(tone.slice(at, at + stretch.needed)));
            const crossings = heard.filter((sample, i) => i > 0 && heard[i - 1] < 0 && sample >= 0).length;
            return [heard.length / rate, crossings / (heard.length / rate)];
            """);

        Assert.InRange(length, 0.9, 1.1);
        Assert.InRange(hertz, 195, 205);
    }
}
