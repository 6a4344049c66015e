using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Playwright;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Cluster.Tests.Upstreams;
using TtsGrains.Console.Tests;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Console;

/// <summary>Every view of the console at a cluster that loses an upstream socket and then a silo while a call is listened to and the wall is open.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ConsoleFaultTests
{
    private const string Panel = "[data-panel=listen]";

    private static readonly string Text = string.Concat(Enumerable.Range(1, 120).Select(number => string.Create(CultureInfo.InvariantCulture, $"This is sentence {number} of a call that goes on. ")));

    private static readonly string Seconds = ((double)Text.Length * ScriptedAudio.BytesPerCharacter / 16_000).ToString("0.0", CultureInfo.InvariantCulture);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Views_WhileAnUpstreamSocketAndASiloAreLost_KeepWorkingAndTellOfIt()
    {
        await using var cluster = await LocalCluster.StartAsync(Shape(), Token);
        await using var speech = new PacedSpeech(TimeSpan.FromMilliseconds(100), charactersPerBeat: 12);
        cluster.Upstream.When("This is sentence", speech.AnswerAsync);
        await using var browser = await ConsoleBrowser.StartAsync();
        await using var wall = await browser.OpenAsync(cluster["api1"].Http, Member.Key);
        await using var supervisor = await browser.OpenAsync(cluster["api1"].Http, Member.Key);
        await using var operations = await browser.OpenAsync(cluster["api1"].Http, Member.Key);
        await using (var speaker = await Speaker.ConnectAsync(cluster["api1"], "call", Token))
        {
            await speaker.PushAsync("a", Text, more: false, Token);
            await wall.GoAsync("live");
            await wall.Page.Locator("[data-session=call][data-listening=live]").WaitForAsync();
            await operations.GoAsync("operations");
            await supervisor.GoAsync("live/call");
            await supervisor.Page.GetByRole(AriaRole.Button, new() { Name = "From the start" }).ClickAsync();
            await supervisor.WhenAsync($"Number(document.querySelector('{Panel}').dataset.played) > 0.3");

            cluster.Upstream.ContextsOf("This is sentence")[0].Socket.Drop();
            await cluster.Upstream.Changes.WhenAsync(() => cluster.Upstream.ContextsOf("This is sentence").Count == 2, Token);
            var killed = (await Task.WhenAll(cluster.Silos.Select(async silo => (Silo: silo, Health: await silo.GetHealthAsync(Token)))))
                .Single(silo => silo.Health.GetProperty("contexts").GetInt32() > 0).Silo;
            await killed.KillAsync();

            // Long enough for slow browsers until here.
            speech.CharactersPerBeat = 600;
            await speaker.WhenAsync(() => speaker.EndOf("a") is not null, Token);
            Assert.Equal(("done", Text), (speaker.EndOf("a"), speaker.TextOf("a")));

            // All of the audio, once: the listener misses nothing and gets nothing twice.
            await supervisor.WhenAsync($"document.querySelector('{Panel} [aria-label=Position]').max === argument", Seconds);
            Assert.Equal("Connected, receive only", await supervisor.Page.Locator($"{Panel} [role=status]").InnerTextAsync());
            await wall.Page.Locator("[data-session=call][data-listening=live]").WaitForAsync();

            // Late, or gone with the silo if that kept the reports.
            await operations.WhenAsync("document.querySelectorAll('[aria-label=\"Hosts, table\"] .pill.open').length === 2");
            Assert.DoesNotContain(await operations.Page.Locator("[aria-label='Hosts, table'] tr:has(.pill.open)").AllInnerTextsAsync(), row => row.Contains(killed.Name, StringComparison.Ordinal));
            await operations.Page.GetByRole(AriaRole.Region, new() { Name = "Upstreams, table" }).GetByText("works").WaitForAsync();
        }

        await wall.GoAsync("try");
        await wall.SpeakAsync("Spoken by the silo that is left.");
        await wall.WhenStateAsync("finished");
        await supervisor.WhenAsync("await import('/console/lib/api.js').then(async api => (await api.getJson(api.sessionPath('call'))).contexts[0].archived)");
        await supervisor.GoAsync("archive/call");

        // The seam before it went with the silo.
        await supervisor.Page.Locator("[data-seam]").GetByText("silo_lost").WaitForAsync();
        await supervisor.Page.Locator("[data-pause=silo]").First.WaitForAsync();
        await supervisor.Page.GetByRole(AriaRole.Button, new() { Name = "Play the recording" }).ClickAsync();
        await supervisor.WhenAsync("document.querySelector('audio').currentTime > 0.2");
        Assert.Empty(wall.Errors.Concat(supervisor.Errors).Concat(operations.Errors));
    }

    private static ClusterShape Shape() => new()
    {
        Silos = 2,
        Apis = 1,
        Settings = new Dictionary<string, string>
        {
            ["Upstreams:main:Resume"] = "sample",
            ["Tenants:acme:Keys:0"] = $"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Member.Key)))} scopes=speak,listen,archive,admin",
        },
    };
}
