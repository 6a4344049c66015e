using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>Requests that an upstream fails because of what they ask for: only their own context may notice.</summary>
public sealed class PoisonTests
{
    private const string Poison = "Poison";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, int> Errors => new()
    {
        { "model_not_found", 400 },
        { "model_sunsetted", 400 },
        { "voice_not_found", 404 },
        { "voice_model_mismatch", 400 },
        { "language_not_supported", 400 },
        { "unsupported_audio_format", 400 },
        { "plan_upgrade_required", 403 },
        { "voice_not_found", 500 },
        { "quota_exceeded", 402 },
        { "internal", 500 },
        { "internal", 503 },
        { "timeout", 408 },
    };

    /// <summary>One client, or three, ask again and again; the contexts of others do not see anything of it.</summary>
    [Theory]
    [MemberData(nameof(Errors))]
    public async Task ErrorForOneText_OthersSpeakAndItsContextGetsTheError(string code, int status)
    {
        await using var service = await RunningService.StartAsync("Contexts:RecoveryTimeout=00:00:00.5", "Upstreams:main:BreakAfter=2");
        service.Upstream.When(Poison, (context, _) =>
        {
            context.Error(status, code, "Refused", "Not this text.");
            return Task.CompletedTask;
        });

        var errors = await SpeakBesideAsync(service, clients: 3);

        Assert.All(errors, error => Assert.Equal((code, status), (error.GetProperty("error_code").GetString(), error.GetProperty("status_code").GetInt32())));
        Assert.Equal(BreakerState.Closed, service.Pool.Report()[0].State);
        Assert.DoesNotContain(service.Upstream.Sockets, socket => socket.IsClosed);
    }

    [Fact]
    public async Task SilenceForOneText_OthersSpeakAndItsContextGetsTheError()
    {
        await using var service = await RunningService.StartAsync(
            "Contexts:RecoveryTimeout=00:00:01", "Upstreams:main:FirstAudioTimeout=00:00:00.3", "Upstreams:main:BreakAfter=2");
        service.Upstream.When(Poison, (_, _) => Task.CompletedTask);

        var errors = await SpeakBesideAsync(service, clients: 3);

        Assert.All(errors, error => Assert.Equal("upstream_silent", error.GetProperty("error_code").GetString()));
        Assert.Equal(BreakerState.Closed, service.Pool.Report()[0].State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SocketClosedUponOneText_OthersSpeakAndItsContextGetsTheError(bool withoutCloseFrame)
    {
        await using var service = await RunningService.StartAsync("Contexts:RecoveryTimeout=00:00:00.5", "Upstreams:main:BreakAfter=2");
        service.Upstream.When(Poison, (context, _) =>
        {
            if (withoutCloseFrame)
            {
                context.Socket.Drop();
            }
            else
            {
                context.Socket.CloseBehind(System.Net.WebSockets.WebSocketCloseStatus.InternalServerError);
            }

            return Task.CompletedTask;
        });

        var errors = await SpeakBesideAsync(service, clients: 3);

        Assert.All(errors, error => Assert.Equal("upstream_lost", error.GetProperty("error_code").GetString()));
    }

    /// <summary>A text that no upstream speaks is tried at two of them, not at all of them, and not again and again.</summary>
    [Theory]
    [InlineData(500, "internal")]
    [InlineData(402, "quota_exceeded")]
    [InlineData(401, "unauthorized")]
    public async Task ErrorForOneText_GoesToTheNextUpstreamOnce(int status, string code)
    {
        await using var second = await ScriptedUpstream.StartAsync(Cancellation);
        await using var third = await ScriptedUpstream.StartAsync(Cancellation);
        await using var service = await RunningService.StartAsync(
            $"Upstreams:second:Url={second.Url}", "Upstreams:second:Priority=200", $"Upstreams:third:Url={third.Url}", "Upstreams:third:Priority=300");
        await Eventually.IsTrueAsync(() => service.Pool.Report().All(upstream => upstream.Sockets > 0), Cancellation);
        foreach (var upstream in (ScriptedUpstream[])[service.Upstream, second, third])
        {
            upstream.When(Poison, (context, _) =>
            {
                context.Error(status, code, "Refused", upstream == second ? "The second." : "Another.");
                return Task.CompletedTask;
            });
        }

        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("poison", Poison, more: false);
        var error = (await client.WhenEndedAsync("poison")).End!.Value;

        Assert.Equal((code, "The second."), (error.GetProperty("error_code").GetString(), error.GetProperty("message").GetString()));
        Assert.Equal((1, 1, 0), (service.Upstream.Contexts.Count, second.Contexts.Count, third.Contexts.Count));
    }

    /// <summary>What the request asks for cannot be had elsewhere: it is told at once.</summary>
    [Fact]
    public async Task ConfigurationError_IsNotTriedElsewhere()
    {
        await using var second = await ScriptedUpstream.StartAsync(Cancellation);
        await using var service = await RunningService.StartAsync($"Upstreams:second:Url={second.Url}", "Upstreams:second:Priority=200");
        service.Upstream.When(Poison, (context, _) =>
        {
            context.Error(400, "model_sunsetted", "Model sunsetted", "Use another.");
            return Task.CompletedTask;
        });
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("poison", Poison, more: false);

        Assert.Equal("model_sunsetted", (await client.WhenEndedAsync("poison")).ErrorCode);
        Assert.Equal((1, 0), (service.Upstream.Contexts.Count, second.Contexts.Count));
    }

    /// <summary>The upstream is out of service, the poison is asked for meanwhile: the trial that ends the outage is not the poison's.</summary>
    [Fact]
    public async Task OutageWithPoison_AnotherRequestEndsIt()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:BreakAfter=2");
        var isBroken = false;
        service.Upstream.When("", (context, message) =>
        {
            if (Volatile.Read(ref isBroken) || message.Transcript.StartsWith(Poison, StringComparison.Ordinal))
            {
                context.Error(500, "internal", "Broken", "It broke.");
                return Task.CompletedTask;
            }

            return ScriptedContext.Answer(context, message);
        });
        await using var acme = await SocketClient.ConnectAsync(service);
        await using var bolt = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        await bolt.PushAsync("before", "Spoken before.", more: false);
        await bolt.WhenEndedAsync("before");
        Volatile.Write(ref isBroken, true);
        for (var i = 0; i < 5; i++)
        {
            await acme.PushAsync($"poison-{i}", Poison, more: false);
        }

        await acme.PushAsync("a", "Acme's.", more: false);
        await bolt.PushAsync("b", "Bolt's.", more: false);
        await Eventually.IsTrueAsync(() => service.Pool.Report()[0].State != BreakerState.Closed, Cancellation);
        Volatile.Write(ref isBroken, false);

        Assert.Equal("Acme's.", (await acme.WhenEndedAsync("a")).Text);
        Assert.Equal("Bolt's.", (await bolt.WhenEndedAsync("b")).Text);
    }

    // Clients ask for the poison without a break while another tenant speaks; returns what the first of them got.
    private static async Task<JsonElement[]> SpeakBesideAsync(RunningService service, int clients)
    {
        await using var bolt = await SocketClient.ConnectAsync(service, RunningService.Bolt);
        List<SocketClient> offenders = [];
        for (var i = 0; i < clients; i++)
        {
            offenders.Add(await SocketClient.ConnectAsync(service));
            for (var j = 0; j < 5; j++)
            {
                await offenders[i].PushAsync($"poison-{j}", Poison, more: false);
            }
        }

        for (var i = 0; i < 20; i++)
        {
            await bolt.PushAsync($"other-{i}", $"Others speak on, {i}.", more: false);
            Assert.Equal($"Others speak on, {i}.", (await bolt.WhenEndedAsync($"other-{i}")).Text);
            foreach (var offender in offenders)
            {
                await offender.PushAsync($"again-{i}", Poison, more: false);
            }
        }

        List<JsonElement> errors = [];
        foreach (var offender in offenders)
        {
            errors.Add((await offender.WhenEndedAsync("poison-0")).End!.Value);
            await offender.DisposeAsync();
        }

        return [.. errors];
    }
}
