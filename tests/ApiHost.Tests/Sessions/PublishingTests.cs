using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Streams;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Sessions;

/// <summary>What listeners cost those who speak.</summary>
public sealed class PublishingTests(ServiceFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Context_PublishesOnlyWhileSomebodyListens()
    {
        await using var call = await SpokenCall.OpenAsync(fixture.Service);
        await using var tap = await Tap.OpenAsync(fixture.Service, call.Session);
        Say(call, 5);
        await call.WhenOwnerReceivedAsync(5);

        await using (var first = await ListenerClient.ConnectAsync(fixture.Service, call.Session))
        {
            Say(call, 5);
            await tap.WhenPublishedAsync(upTo: 10);
        }

        await Eventually.IsAsync(async () => (await ViewAsync(call)).Listeners, 0, Cancellation);
        Say(call, 5);
        await call.WhenOwnerReceivedAsync(15);
        await using var second = await ListenerClient.ConnectAsync(fixture.Service, call.Session);
        Say(call, 5);
        await tap.WhenPublishedAsync(upTo: 20);
        await call.FinishAsync();

        Assert.DoesNotContain(tap.Offsets, offset => offset is < 5 or (>= 10 and < 15));
        Assert.Equal(10, tap.Offsets.Count(offset => offset < 20));
    }

    [Fact]
    public async Task Frame_IsMadeOnceForAllWhoTakeItAsItIs_AndWrittenOnceToEach()
    {
        const int Listeners = 20;
        const int Chunks = 100;
        await using var service = await RunningService.StartAsync();
        using var meters = new Meters(service);
        await using var call = await SpokenCall.OpenAsync(service);
        var listeners = await Task.WhenAll(Enumerable.Range(0, Listeners).Select(_ => ListenerClient.ConnectAsync(service, call.Session)));
        Say(call, Chunks);
        await call.FinishAsync();
        await Task.WhenAll(listeners.Select(listener => listener.WhenClosedAsync()));

        Assert.All(listeners, listener => Assert.Equal(Chunks + 1, listener.Events.Count));
        Assert.Equal(Listeners * (Chunks + 1), meters["tts.listeners.frames.sent"]);

        // Two who come to a new frame in the same instant may both make it.
        Assert.InRange(meters["tts.listeners.frames.rendered"], Chunks + 1, Listeners * (Chunks + 1) / 2);
        Assert.Equal(0, meters["tts.listeners.gaps"]);
        await Eventually.IsTrueAsync(() => meters["tts.listeners.active"] == 0, Cancellation);
        foreach (var listener in listeners)
        {
            await listener.DisposeAsync();
        }
    }

    private static void Say(SpokenCall call, int chunks) => Enumerable.Range(0, chunks).ToList().ForEach(_ => call.Say());

    private static Task<SessionView> ViewAsync(SpokenCall call) => call.Service.Services.GetRequiredService<IGrainFactory>()
        .GetGrain<ISessionGrain>(new SessionKey(RunningService.Acme, call.Session).ToString()).GetAsync();

    /// <summary>Subscribed to a session's stream without telling the session.</summary>
    private sealed class Tap : IAsyncObserver<FrameBatch>, IAsyncDisposable
    {
        private readonly ConcurrentQueue<int> _offsets = new();
        private readonly Changes _changes = new();
        private StreamSubscriptionHandle<FrameBatch>? _subscription;

        public IReadOnlyCollection<int> Offsets => _offsets;

        public static async Task<Tap> OpenAsync(RunningService service, string session)
        {
            var tap = new Tap();
            var stream = service.Services.GetRequiredService<IClusterClient>().GetStreamProvider(SessionStreams.Provider)
                .GetStream<FrameBatch>(SessionStreams.Of(new SessionKey(RunningService.Acme, session)));
            tap._subscription = await stream.SubscribeAsync(tap);
            return tap;
        }

        public Task WhenPublishedAsync(int upTo) => _changes.WhenAsync(() => _offsets.Contains(upTo - 1), Cancellation);

        public Task OnNextAsync(FrameBatch item, StreamSequenceToken? token = null)
        {
            for (var offset = item.From; offset < item.To; offset++)
            {
                _offsets.Enqueue(offset);
            }

            _changes.Note();
            return Task.CompletedTask;
        }

        public Task OnCompletedAsync() => Task.CompletedTask;

        public Task OnErrorAsync(Exception ex) => Task.CompletedTask;

        public async ValueTask DisposeAsync() => await _subscription!.UnsubscribeAsync();
    }
}
