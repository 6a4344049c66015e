using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>Who has a lease, and who gets it next.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private const string Patient = "Upstreams:main:QueueDeadline=00:01:00";

    private ScriptedUpstream? _backup;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ScriptedUpstream Backup => _backup!;

    public async ValueTask InitializeAsync() => _backup = await ScriptedUpstream.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => Backup.DisposeAsync();

    [Fact]
    public async Task SocketLost_ItsLeasesAreFree()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:MaxContexts=2", Patient, "Upstreams:main:Resume=sample");
        var isBroken = false;
        service.Upstream.When("Hold", (context, message) => Volatile.Read(ref isBroken) ? ScriptedContext.Answer(context, message) : Hold(context, message));
        await using var client = await SocketClient.ConnectAsync(service);
        string[] contexts = ["a", "b", "c", "d"];
        foreach (var context in contexts)
        {
            await client.PushAsync(context, $"Hold {context}", more: false);
        }

        await Eventually.IsTrueAsync(() => service.Pool is { SlotsTaken: 2, Waiting: 2 }, Cancellation);
        Volatile.Write(ref isBroken, true);
        service.Upstream.Sockets[0].Drop();

        foreach (var context in contexts)
        {
            Assert.Equal($"Hold {context}", (await client.WhenEndedAsync(context)).Text);
        }

        await Eventually.IsTrueAsync(() => service.Pool is { SlotsTaken: 0, Waiting: 0 }, Cancellation);
    }

    [Fact]
    public async Task Cancelled_KeepsItsLeaseUntilTheUpstreamEndsIt()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:MaxContexts=1", Patient, "Upstreams:main:CancelDrainTimeout=00:05:00");
        service.Upstream.When("Hold", (context, message) => message.IsCancel ? Task.CompletedTask : Hold(context, message));
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("first", "Hold this.");
        await client.WhenAsync("first", heard => heard.Text.Length > 0);
        await client.CancelAsync("first");
        await client.PushAsync("second", "When it has ended.", more: false);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.Received.Any(message => message.IsCancel), Cancellation);
        await Eventually.IsTrueAsync(() => service.Pool.Waiting == 1, Cancellation);
        Assert.Equal(1, service.Pool.SlotsTaken);

        service.Upstream.ContextsOf("Hold")[0].Done();

        Assert.Equal("When it has ended.", (await client.WhenEndedAsync("second")).Text);
    }

    [Theory]
    [InlineData("Hold main")]
    [InlineData("Hold backup")]
    public async Task AllFull_WaitsForWhicheverIsFreeFirst(string first)
    {
        await using var service = await StartTwoAsync("Upstreams:main:MaxContexts=1", "Upstreams:backup:MaxContexts=1");
        service.Upstream.When("Hold", Hold);
        Backup.When("Hold", Hold);
        await using var client = await SocketClient.ConnectAsync(service);
        foreach (var held in new[] { "Hold main", "Hold backup" })
        {
            await client.PushAsync(held, held);
            await client.WhenAsync(held, heard => heard.Text == held);
        }

        await client.PushAsync("next", "The next.", more: false);
        await Eventually.IsTrueAsync(() => service.Pool.Waiting == 1, Cancellation);
        var upstream = new[] { service.Upstream, Backup }.Single(upstream => upstream.ContextsOf(first).Count == 1);
        upstream.ContextsOf(first)[0].Done();

        Assert.Equal("The next.", (await client.WhenEndedAsync("next")).Text);
        Assert.Single(upstream.ContextsOf("The next"));
    }

    /// <summary>One that has not told what it holds may hold all of them: no one gets a lease, and at the deadline the client gets an error.</summary>
    [Fact]
    public async Task NotKnownWhoHoldsThem_IsOneErrorAtTheDeadline()
    {
        await using var service = await RunningService.StartWithAsync(AddSilentSilo, "Upstreams:main:MaxContexts=1", "Upstreams:main:QueueDeadline=00:00:00.3");
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("early", "Too early.", more: false);

        var heard = await client.WhenEndedAsync("early");

        Assert.Equal("concurrency_limited", heard.ErrorCode);
        Assert.Empty(service.Upstream.Contexts);
    }

    [Fact]
    public async Task NotKnownWhoHoldsThem_AnotherUpstreamSpeaks()
    {
        await using var service = await RunningService.StartWithAsync(
            AddSilentSilo, "Upstreams:main:MaxContexts=1", Patient, $"Upstreams:backup:Url={Backup.Url}", "Upstreams:backup:Priority=200");
        await using var client = await SocketClient.ConnectAsync(service);
        await client.PushAsync("elsewhere", "Elsewhere.", more: false);

        Assert.Equal("Elsewhere.", (await client.WhenEndedAsync("elsewhere")).Text);
        Assert.Single(Backup.Contexts);
    }

    private Task<RunningService> StartTwoAsync(params string[] settings)
        => RunningService.StartAsync([Patient, $"Upstreams:backup:Url={Backup.Url}", "Upstreams:backup:Priority=200", .. settings]);

    private static void AddSilentSilo(IServiceCollection services)
        => services.AddSingleton<ISiloMembership>(provider => new SilentSilo(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToString()));

    private static Task Hold(ScriptedContext context, ScriptedMessage message)
    {
        if (message.IsCancel)
        {
            context.Done();
        }
        else
        {
            context.Speak(message.Transcript);
        }

        return Task.CompletedTask;
    }

    private sealed class SilentSilo(string here) : ISiloMembership
    {
        public IReadOnlyCollection<string> Present { get; } = [here, "elsewhere"];

        public bool HasGrains => true;

        public bool IsGone(string silo) => false;
    }
}
