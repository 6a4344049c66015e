using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace TtsGrains.Console.Tests;

public sealed class ArchiveTests(ConsoleFixture fixture)
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    [Fact]
    public async Task Recording_PlaysWithTheKeyInAHeader()
    {
        await using var console = await fixture.OpenAsync();
        var session = await SpeakAndOpenAsync(console, "This is kept in the archive.");

        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Play the recording" }).ClickAsync();

        await console.WhenAsync("document.querySelector('audio').currentTime > 0.2");
        await console.Page.Locator("svg.timeline rect.segment").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        Assert.Equal(6, await console.Page.Locator("svg.timeline rect.word").CountAsync());
        await console.GoAsync("archive");
        await console.Page.GetByRole(AriaRole.Link, new() { Name = session }).WaitForAsync();
        Assert.Empty(console.Errors);
    }

    [Fact]
    public async Task Session_IsFoundByWordsOfItsText()
    {
        await using var console = await fixture.OpenAsync();
        var session = await SpeakAndOpenAsync(console, "The turquoise umbrella was found.");
        await console.GoAsync("try");
        await SpeakAndOpenAsync(console, "Another umbrella was not.");
        await console.GoAsync("archive");
        await console.Page.GetByRole(AriaRole.Link, new() { Name = session }).WaitForAsync();

        await console.Page.GetByLabel("Words").FillAsync("umbrella Turquoise");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();

        await console.Page.GetByText("1 session", new() { Exact = true }).WaitForAsync();
        Assert.Equal([session], await console.Page.Locator("tbody a").AllInnerTextsAsync());
        Assert.Empty(console.Errors);
    }

    [Fact]
    public async Task Segment_IsDownloaded()
    {
        await using var console = await fixture.OpenAsync();
        await SpeakAndOpenAsync(console, "A segment as a file.");

        var download = await console.Page.RunAndWaitForDownloadAsync(() => console.Page.GetByRole(AriaRole.Button, new() { Name = "Download segment 1" }).ClickAsync());

        await using var file = await download.CreateReadStreamAsync();
        var header = new byte[4];
        await file.ReadExactlyAsync(header, TestContext.Current.CancellationToken);
        Assert.Equal("RIFF"u8.ToArray(), header);
    }

    [Fact]
    public async Task Erase_IsRefusedWhileHeldAndGivesAReceipt()
    {
        await using var console = await fixture.OpenAsync();
        var session = await SpeakAndOpenAsync(console, "This is erased.");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Hold" }).ClickAsync();
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Release" }).WaitForAsync();
        await EraseAsync(console, session);
        await console.Page.Locator("#status.error").WaitForAsync();
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Hold" }).WaitForAsync();

        await EraseAsync(console, session);

        Assert.Contains(session, await console.Page.Locator("[data-panel=receipt]").InnerTextAsync(), StringComparison.Ordinal);
        await console.GoAsync("archive");
        await console.Page.EvaluateAsync("hash => { location.hash = hash; }", $"#/archive/{session}");
        await console.Page.GetByText("There is no such session, or it was erased.").WaitForAsync();
    }

    [Fact]
    public async Task SeamPauseAndTrace_AreShownAndASeamIsHeardBeforeAndAfter()
    {
        await using var console = await fixture.OpenAsync();
        await ChangeManifestAsync(console, manifest =>
        {
            manifest["seams"] = new JsonArray(new JsonObject { ["flush_id"] = 1, ["at_ms"] = 600.0, ["reason"] = "upstream_lost", ["kind"] = "word", ["attempt"] = 2, ["upstream"] = "main" });
            manifest["pauses"] = new JsonArray(new JsonObject { ["at_ms"] = 600.0, ["length_ms"] = 1200.0, ["cause"] = "upstream" });
            manifest["trace_id"] = Trace;
        });
        await SpeakAndOpenAsync(console, "A sentence that an upstream was lost in.");

        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Before seam 1" }).ClickAsync();
        await console.WhenAsync("[...document.querySelectorAll('article audio')].some(audio => audio.paused && audio.currentTime >= 0.6)");
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "After seam 1" }).ClickAsync();
        await console.WhenAsync("[...document.querySelectorAll('article audio')].some(audio => audio.currentTime > 0.9)");

        await console.Page.GetByText("1.2 s after 0.6 s of audio: upstream").WaitForAsync();
        Assert.Equal($"https://traces.example.com/trace/{Trace}?org=1", await console.Page.GetByRole(AriaRole.Link, new() { Name = Trace }).GetAttributeAsync("href"));
        Assert.Equal((1, 1), (await console.Page.Locator("svg.timeline line.seam").CountAsync(), await console.Page.Locator("svg.timeline rect.pause").CountAsync()));
        Assert.Empty(console.Errors);
    }

    [Fact]
    public async Task Trace_WithoutATraceViewer_IsCopied()
    {
        await using var console = await fixture.OpenAsync();
        await console.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await console.Page.RouteAsync("**/console/settings", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = """{"trace_url":null}""" }));
        await ChangeManifestAsync(console, manifest => manifest["trace_id"] = Trace);
        await SpeakAndOpenAsync(console, "A trace to copy.");

        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Copy the trace id" }).ClickAsync();

        await console.Page.GetByText("Copied.").WaitForAsync();
        Assert.Equal(Trace, await console.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    private static async Task ChangeManifestAsync(ConsolePage console, Action<JsonObject> change) => await console.Page.RouteAsync("**/manifest", async route =>
    {
        var answer = await route.FetchAsync();
        var manifest = JsonNode.Parse(await answer.TextAsync())!.AsObject();
        change(manifest);
        await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = manifest.ToJsonString() });
    });

    // Leaving the view Try it closes its socket, which ends the session a second later.
    private static async Task<string> SpeakAndOpenAsync(ConsolePage console, string text)
    {
        await console.SpeakAsync(text);
        await console.WhenStateAsync("finished");
        var session = await console.SessionAsync;
        await console.GoAsync("live");
        await console.Page.GetByText("Live", new() { Exact = true }).First.WaitForAsync();
        await console.WhenAsync("await import('/console/lib/api.js').then(async api => { const found = await api.getJson(api.sessionPath(argument)); return !found.live && found.contexts[0].archived; })", session);
        await console.GoAsync($"archive/{session}");
        await console.Page.GetByRole(AriaRole.Heading, new() { Name = session }).WaitForAsync();
        return session;
    }

    private static async Task EraseAsync(ConsolePage console, string session)
    {
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Erase", Exact = true }).ClickAsync();
        await console.Page.Locator("dialog input").FillAsync(session);
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Erase for good" }).ClickAsync();
    }
}
