using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tests.Sessions;
using TtsGrains.Archive.Manifests;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>Several upstreams: which one speaks, and what becomes of contexts when it fails.</summary>
public sealed class PriorityTests : IAsyncLifetime
{
    private ScriptedUpstream? _backup;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ScriptedUpstream Backup => _backup!;

    public async ValueTask InitializeAsync() => _backup = await ScriptedUpstream.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => Backup.DisposeAsync();

    [Fact]
    public async Task Healthy_TheBestSpeaksAndTheOtherIsWarm()
    {
        await using var service = await StartAsync();
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("best", "The best one.", more: false);
        await client.WhenEndedAsync("best");

        Assert.Single(service.Upstream.Contexts);
        Assert.Empty(Backup.Contexts);
        await Backup.Changes.WhenAsync(() => Backup.Sockets.Count == 1, Cancellation);
    }

    [Fact]
    public async Task Down_InTheMiddleOfASegment_TheNextGoesOn()
    {
        await using var service = await StartAsync("Upstreams:main:Resume=sample", "Upstreams:backup:Resume=sample");
        service.Upstream.When("Over", (context, message) =>
        {
            context.Speak("Over to");
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service, session: "over");
        await client.PushAsync("over", "Over to the next. ", flush: true);
        await client.WhenAsync("over", heard => heard.Text == "Over to");
        TakeDown(service);
        await client.PushAsync("over", "And on.", more: false);

        var heard = await client.WhenEndedAsync("over");

        Assert.True(heard.IsDone);
        Assert.Equal("Over to the next. And on.", heard.Text);
        var folder = await service.WhenArchivedAsync(RunningService.Acme, "over", "over");
        var manifest = ContextManifest.FromJson(await File.ReadAllBytesAsync(Path.Combine(folder, "manifest.json"), Cancellation));
        Assert.Equal("backup", manifest.Upstream);
        Assert.Equal([new ContextSeam(1, 7, "upstream_lost") { Kind = SeamKind.Sample, Attempt = manifest.Seams[0].Attempt, Upstream = "backup" }], manifest.Seams);
    }

    [Fact]
    public async Task Session_OfAContextThatChangesItsUpstream_TellsWhichSpeaks()
    {
        await using var service = await StartAsync("Upstreams:main:Resume=sample", "Upstreams:backup:Resume=sample");
        using var archive = new ArchiveClient(service);
        await using var client = await SocketClient.ConnectAsync(service, session: "shown");
        await client.PushAsync("shown", "From the first. ", flush: true);
        await client.WhenAsync("shown", heard => heard.Text == "From the first. ");
        Assert.Equal("main", await UpstreamOfAsync());
        TakeDown(service);
        await client.PushAsync("shown", "From the next. ", flush: true);
        await client.WhenAsync("shown", heard => heard.Text == "From the first. From the next. ");

        Assert.Equal("backup", await UpstreamOfAsync());

        async Task<string?> UpstreamOfAsync() => (await archive.GetAsync("/v1/sessions/shown")).GetProperty("contexts")[0].GetProperty("upstream").GetString();
    }

    [Fact]
    public async Task BackAgain_ItSpeaksAgain()
    {
        await using var service = await StartAsync();
        await using var client = await SocketClient.ConnectAsync(service);
        TakeDown(service);
        await client.PushAsync("away", "While it is away.", more: false);
        Assert.Equal("While it is away.", (await client.WhenEndedAsync("away")).Text);
        Assert.Single(Backup.Contexts);

        service.Upstream.Refuse(0);
        await Eventually.IsTrueAsync(() => HealthOf(service, "main") is { State: BreakerState.Closed, Sockets: > 0 }, Cancellation);
        await client.PushAsync("back", "Back again.", more: false);

        Assert.Equal("Back again.", (await client.WhenEndedAsync("back")).Text);
        Assert.Single(service.Upstream.ContextsOf("Back again"));
    }

    [Fact]
    public async Task FailsIndependentRequests_TheBreakerOpensAndOneTriesAgainLater()
    {
        await using var service = await StartAsync("Upstreams:main:BreakAfter=2");
        var isBroken = true;
        service.Upstream.When("", (context, message) =>
        {
            if (!Volatile.Read(ref isBroken))
            {
                return ScriptedContext.Answer(context, message);
            }

            context.Error(500, "broken", "Broken", "It broke.");
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await using var other = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await client.PushAsync("broken", "Said by another.", more: false);
        Assert.Equal("Said by another.", (await client.WhenEndedAsync("broken")).Text);
        Assert.Equal(BreakerState.Closed, HealthOf(service, "main").State);
        await other.PushAsync("broken", "Said by another, too.", more: false);
        Assert.Equal("Said by another, too.", (await other.WhenEndedAsync("broken")).Text);

        Assert.NotEqual(BreakerState.Closed, HealthOf(service, "main").State);
        Assert.Equal(2, service.Upstream.Contexts.Count);
        Assert.Equal(2, Backup.Contexts.Count);

        Volatile.Write(ref isBroken, false);
        for (var i = 0; HealthOf(service, "main").State != BreakerState.Closed; i++)
        {
            await Eventually.IsTrueAsync(() => HealthOf(service, "main").State != BreakerState.Open, Cancellation);
            await client.PushAsync($"try-{i}", "Tried again.", more: false);
            Assert.Equal("Tried again.", (await client.WhenEndedAsync($"try-{i}")).Text);
        }

        Assert.NotEmpty(service.Upstream.ContextsOf("Tried"));
    }

    [Fact]
    public async Task AccountIsOutOfCredits_AnotherOneSpeaks()
    {
        await using var service = await StartAsync();
        service.Upstream.When("", (context, _) =>
        {
            context.Error(402, "quota_exceeded", "Out of credits", "Pay.");
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("broke", "Not our client's fault.", more: false);

        Assert.Equal("Not our client's fault.", (await client.WhenEndedAsync("broke")).Text);
    }

    [Fact]
    public async Task Full_TheNextTakesWhatIsTooMuch()
    {
        await using var service = await StartAsync("Upstreams:main:MaxContexts=1");
        service.Upstream.When("Hold", (context, message) =>
        {
            context.Speak(message.Transcript);
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("one", "Hold this.");
        await client.WhenAsync("one", heard => heard.Text.Length > 0);
        await client.PushAsync("two", "Too much.", more: false);

        Assert.Equal("Too much.", (await client.WhenEndedAsync("two")).Text);
        Assert.Single(Backup.Contexts);
    }

    [Fact]
    public async Task TenantsOwnList_IsUsedInItsOrderAndNoOther()
    {
        await using var service = await StartAsync("Upstreams:backup:Shared=false", "Tenants:bolt:Upstreams:0=backup", "Contexts:RecoveryTimeout=00:00:01");
        await using var acme = await SocketClient.ConnectAsync(service);
        await using var bolt = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await acme.PushAsync("a", "Acme's.", more: false);
        await bolt.PushAsync("b", "Bolt's.", more: false);
        await acme.WhenEndedAsync("a");
        await bolt.WhenEndedAsync("b");

        Assert.Equal("Acme's.", Assert.Single(service.Upstream.Contexts).FirstText);
        Assert.Equal("Bolt's.", Assert.Single(Backup.Contexts).FirstText);

        TakeDown(service);
        await acme.PushAsync("c", "Not at Bolt's expense.", more: false);
        Assert.Equal("upstream_unavailable", (await acme.WhenEndedAsync("c")).ErrorCode);
        Assert.Single(Backup.Contexts);
    }

    /// <summary>Two accounts at one provider: each has sockets of its own, with its own key.</summary>
    [Fact]
    public async Task TwoAccountsAtOneAddress_ShareNoSocket()
    {
        await using var service = await RunningService.StartAsync(
            "Upstreams:main:ApiKey=shared-key", "Upstreams:own:Url={main}", "Upstreams:own:ApiKey=own-key", "Upstreams:own:Shared=false", "Tenants:bolt:Upstreams:0=own");
        await using var acme = await SocketClient.ConnectAsync(service);
        await using var bolt = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        for (var i = 0; i < 3; i++)
        {
            await acme.PushAsync($"a{i}", "Acme's.", more: false);
            await bolt.PushAsync($"b{i}", "Bolt's.", more: false);
            await acme.WhenEndedAsync($"a{i}");
            await bolt.WhenEndedAsync($"b{i}");
        }

        Assert.All(service.Upstream.ContextsOf("Acme"), context => Assert.Equal("Bearer shared-key", context.Socket.Headers["Authorization"]));
        Assert.All(service.Upstream.ContextsOf("Bolt"), context => Assert.Equal("Bearer own-key", context.Socket.Headers["Authorization"]));
    }

    [Theory]
    [InlineData("Tenants:bolt:Upstreams:0=nowhere", "'nowhere'")]
    [InlineData("Upstreams:other:Priority=1", "Upstreams:other:Url")]
    [InlineData("Upstreams:main:Resume=none", "Upstreams:main:Resume")]
    [InlineData("Upstreams:main:ProgressTimeout=0", "Upstreams:main:ProgressTimeout")]
    public async Task WrongSetting_RefusesToStartAndNamesIt(string setting, string named)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => RunningService.StartAsync(setting));

        Assert.Contains(named, refusal.ToString(), StringComparison.Ordinal);
        Assert.IsAssignableFrom<OptionsValidationException>(refusal is AggregateException many ? many.InnerExceptions[0] : refusal);
    }

    [Theory]
    [InlineData(401, "Upstreams:main:ApiKey")]
    [InlineData(404, "Upstreams:main:Url")]
    public async Task Misconfigured_HealthNamesTheSettingAndNobodyHammers(int status, string named)
    {
        await using var service = await RunningService.StartAsync();
        await using var client = await SocketClient.ConnectAsync(service);
        service.Upstream.Refuse(status);
        service.Upstream.Sockets[0].Drop();
        await Eventually.IsTrueAsync(() => HealthOf(service, "main").State == BreakerState.Open, Cancellation);
        for (var i = 0; i < 5; i++)
        {
            await client.PushAsync($"no-{i}", "No way.", more: false);
            Assert.Equal("upstream_unavailable", (await client.WhenEndedAsync($"no-{i}")).ErrorCode);
        }

        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(service.Http, "/health/ready"), Cancellation);
        var upstream = Assert.Single((await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("upstreams").EnumerateArray());
        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal(("main", "open"), (upstream.GetProperty("name").GetString(), upstream.GetProperty("state").GetString()));
        Assert.Contains(named, upstream.GetProperty("fault").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, service.Upstream.Refused);
    }

    /// <summary>A restart of the provider in the middle of speech: dials fail for a while, and the client never learns of it.</summary>
    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task DialsFailForAWhile_TheContextWaitsAndGoesOn(int status)
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:QueueDeadline=00:01:00");
        service.Upstream.When("Wait", (context, message) =>
        {
            context.Speak("Wait for");
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("wait", "Wait for it.", more: false);
        await client.WhenAsync("wait", heard => heard.Text == "Wait for");
        service.Upstream.When("Wait", ScriptedContext.Answer);
        service.Upstream.Refuse(status);
        service.Upstream.Sockets[0].Drop();
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Refused >= 2, Cancellation);
        service.Upstream.Refuse(0);

        var heard = await client.WhenEndedAsync("wait");

        Assert.True(heard.IsDone);
        Assert.Equal("Wait for it.", heard.Text);
    }

    private static UpstreamHealth HealthOf(RunningService service, string name) => service.Pool.Report().Single(upstream => upstream.Name == name);

    private static void TakeDown(RunningService service)
    {
        service.Upstream.Refuse(503);
        foreach (var socket in service.Upstream.Sockets)
        {
            socket.Drop();
        }
    }

    private Task<RunningService> StartAsync(params string[] settings)
        => RunningService.StartAsync([$"Upstreams:backup:Url={Backup.Url}", "Upstreams:backup:Priority=200", .. settings]);
}
