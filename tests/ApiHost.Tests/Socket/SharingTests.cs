using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>Many contexts on few sockets, on both sides.</summary>
public sealed class SharingTests(ServiceFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FortyContexts_EightPerSocket_ShareFiveOrMoreAndNeverCrowdOne()
    {
        await using var service = await RunningService.StartAsync("Upstreams:main:MaxContextsPerSocket=8");
        var release = new TaskCompletionSource();
        service.Upstream.When("Together", async (context, message) =>
        {
            await release.Task;
            await ScriptedContext.Answer(context, message);
        });
        await using var client = await SocketClient.ConnectAsync(service);
        for (var i = 0; i < 40; i++)
        {
            await client.PushAsync($"c{i}", $"Together {i}.", more: false);
        }

        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Together").Count == 40, Cancellation);
        var used = service.Upstream.Sockets.Where(socket => socket.OpenContexts > 0).ToList();
        Assert.InRange(used.Count, 5, 40);
        Assert.All(used, socket => Assert.InRange(socket.MostContexts, 1, 8));
        Assert.Equal(40, (await service.CountOpenAsync()).Slots);

        release.SetResult();
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal($"Together {i}.", (await client.WhenEndedAsync($"c{i}")).Text);
        }
    }

    [Fact]
    public async Task UpstreamIds_AreOursAndNeverUsedTwice()
    {
        await using var client = await fixture.ConnectAsync();
        foreach (var text in (string[])["Minted one.", "Minted two."])
        {
            await client.PushAsync("my-own-id", text, more: false);
            await client.WhenAsync("my-own-id", context => context.End is not null && context.Text == text);
        }

        var ids = fixture.Service.Upstream.ContextsOf("Minted").Select(context => context.Id).ToList();
        Assert.Equal(2, ids.Distinct().Count());
        Assert.All(ids, id => Assert.DoesNotContain("my-own-id", id, StringComparison.Ordinal));
        Assert.DoesNotContain(
            fixture.Service.Upstream.Received, message => ids.Contains(message.ContextId) && message.Json.GetRawText().Contains("acme", StringComparison.Ordinal));
    }

    /// <summary>
    /// Three contexts have as much to write at the same time, since all of it is here as soon as the upstream has said it: none gets ahead of another by
    /// more than they have at hand.
    /// </summary>
    [Fact]
    public async Task Contexts_OfOneSocket_TakeTurns()
    {
        await using var service = await RunningService.StartAloneAsync();
        const int RoundsSpoken = 60;
        const int ChunksPerRound = 25;
        var rounds = new Rounds(members: 3);
        service.Upstream.When("Fair", async (context, message) =>
        {
            for (var i = 0; i < RoundsSpoken; i++)
            {
                await rounds.NextAsync();
                context.Speak(new string(context.FirstText[^1], ChunksPerRound * 16));
            }

            context.Done();
        });
        await using var client = await SocketClient.ConnectAsync(service);
        foreach (var id in (string[])["a", "b", "c"])
        {
            await client.PushAsync($"fair-{id}", $"Fair {id}", more: false);
        }

        foreach (var id in (string[])["a", "b", "c"])
        {
            await client.WhenEndedAsync($"fair-{id}");
        }

        var order = client.Order.ToList();
        var before = order.Take(order.Distinct().Min(order.LastIndexOf)).CountBy(id => id).ToList();
        Assert.Equal(3, before.Count);
        Assert.All(before, context => Assert.InRange(context.Value, (RoundsSpoken - 4) * ChunksPerRound, RoundsSpoken * ChunksPerRound));
    }

    [Fact]
    public async Task Tenants_WithTheSameIds_NeverMix()
    {
        var service = fixture.Service;
        await using var acme = await SocketClient.ConnectAsync(service, RunningService.Acme, "same-session");
        await using var bolt = await SocketClient.ConnectAsync(service, RunningService.Bolt, "same-session");
        var release = new TaskCompletionSource();
        service.Upstream.When("Secret", async (context, message) =>
        {
            await release.Task;
            await ScriptedContext.Answer(context, message);
        });
        await acme.PushAsync("same-id", "Secret of acme.", more: false);
        await bolt.PushAsync("same-id", "Secret of bolt.", more: false);
        await service.Upstream.Changes.WhenAsync(() => service.Upstream.ContextsOf("Secret").Count == 2, Cancellation);
        release.SetResult();

        Assert.Equal("Secret of acme.", (await acme.WhenEndedAsync("same-id")).Text);
        Assert.Equal("Secret of bolt.", (await bolt.WhenEndedAsync("same-id")).Text);
        foreach (var (tenant, client) in new[] { (RunningService.Acme, acme), (RunningService.Bolt, bolt) })
        {
            var wav = await File.ReadAllBytesAsync(Path.Combine(await service.WhenArchivedAsync(tenant, "same-session", "same-id"), "1.wav"), Cancellation);
            Assert.True(wav.AsSpan(44).SequenceEqual(client.Find("same-id")!.Audio));
        }
    }

    [Fact]
    public async Task TwoSockets_OfOneSessionWithTheSameIds_HaveTheirOwnContexts()
    {
        await using var first = await SocketClient.ConnectAsync(fixture.Service, session: "shared");
        await using var second = await SocketClient.ConnectAsync(fixture.Service, session: "shared");
        await first.PushAsync("same", "From the first. ");
        await second.PushAsync("same", "From the second. ");
        await first.PushAsync("same", "End one.", more: false);
        await second.PushAsync("same", "End two.", more: false);

        Assert.Equal("From the first. End one.", (await first.WhenEndedAsync("same")).Text);
        Assert.Equal("From the second. End two.", (await second.WhenEndedAsync("same")).Text);
    }

    /// <summary>Lets everyone go on when all have come.</summary>
    private sealed class Rounds(int members)
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _round = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _here;

        public Task NextAsync()
        {
            lock (_gate)
            {
                var round = _round;
                if (++_here == members)
                {
                    _here = 0;
                    _round = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    round.SetResult();
                }

                return round.Task;
            }
        }
    }
}
