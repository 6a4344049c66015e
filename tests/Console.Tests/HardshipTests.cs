using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

/// <summary>A clock that is off, a slow machine, and a session that goes away.</summary>
public sealed class HardshipTests(ConsoleFixture fixture)
{
    // Sets the page's clock three days back, and to another time while it runs.
    private const string WrongClock = """
        const Real = Date;
        window.clockIsOffBy = -3 * 86400e3;
        window.Date = class extends Real {
          constructor(...parts) { if (parts.length > 0) super(...parts); else super(Real.now() + window.clockIsOffBy); }
          static now() { return Real.now() + window.clockIsOffBy; }
        };
        """;

    [Fact]
    public async Task AClockThatIsOff_HidesNothingAndEndsNothing()
    {
        await using var console = await fixture.OpenAsync(key: null);
        await console.Page.AddInitScriptAsync(WrongClock);
        await console.Page.ReloadAsync();
        await console.SignInAsync(ServiceProcess.AcmeKey);
        await console.SpeakAsync("Spoken three days ago.");
        await console.WhenStateAsync("finished");
        var session = await console.SessionAsync;

        await console.GoAsync("archive");
        await console.Page.GetByRole(AriaRole.Link, new() { Name = session }).WaitForAsync();
        await console.Page.EvaluateAsync("window.clockIsOffBy = 30 * 86400e3");
        await console.GoAsync("try");
        await console.SpeakAsync("And in a month.");

        await console.WhenStateAsync("finished");
        Assert.Single(console.Urls, url => url.EndsWith("/access-token", StringComparison.Ordinal));
        Assert.Empty(console.Errors);
    }

    [Fact]
    public async Task ASlowMachine_PlaysAllOfIt()
    {
        await using var console = await fixture.OpenAsync();
        var session = await console.Page.Context.NewCDPSessionAsync(console.Page);
        await session.SendAsync("Emulation.setCPUThrottlingRate", new Dictionary<string, object> { ["rate"] = 6 });

        await console.SpeakAsync("Six times as slow, and all of it is heard.");

        await console.WhenStateAsync("finished");
        Assert.Equal("Six times as slow, and all of it is heard.", (await console.Page.Locator("p.words").InnerTextAsync()).Trim());
        await console.WhenAsync("Number(document.querySelector('section[aria-label=Speech]').dataset.played) >= parseFloat(document.querySelectorAll('.figures dd')[1].textContent) - 0.1");
        Assert.Empty(console.Errors);
    }

    [Fact]
    public async Task ASessionThatIsErasedWhileItIsListenedTo_SaysSo()
    {
        await using var caller = await fixture.CallAsync();
        await caller.SpeakAsync("This call is erased while a supervisor listens.");
        await using var supervisor = await fixture.OpenAsync();
        await supervisor.GoAsync($"live/{caller.Session}");
        await supervisor.Page.Locator("[data-panel=listen][data-listening=live]").WaitForAsync();

        await EraseAsync(caller.Session);

        await supervisor.Page.Locator("[data-panel=listen]").GetByText("There is no such session, or it was erased.").WaitForAsync(new() { Timeout = 20_000 });
        Assert.Empty(supervisor.Errors);
    }

    // Refused while the session is open, which it is for a moment after the end of its last context.
    private async Task EraseAsync(string session)
    {
        using var http = new HttpClient { BaseAddress = fixture.Service };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ServiceProcess.AcmeKey);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        HttpStatusCode status;
        do
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            using var erased = await http.DeleteAsync($"/v1/sessions/{session}", TestContext.Current.CancellationToken);
            status = erased.StatusCode;
        }
        while (status == HttpStatusCode.Conflict);
        Assert.Equal(HttpStatusCode.NoContent, status);
    }
}
