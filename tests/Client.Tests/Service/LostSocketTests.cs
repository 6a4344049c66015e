using System.Text.Json;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Client.Tests.Scripted;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Service;

/// <summary>A client that loses its socket at any of its pushes has each spoken once, in order, by the real service.</summary>
public sealed class LostSocketTests(RealService service)
{
    private static readonly string[] Texts = ["One two three. ", "Four five. ", "Six seven eight nine. ", "Ten."];

    // A push and a flush for each text, and the end.
    private const int Messages = 9;

    public static TheoryData<int, Loss> EveryPush => [.. from message in Enumerable.Range(0, Messages) from loss in (Loss[])[Loss.Before, Loss.Behind] select (message, loss)];

    [Theory]
    [MemberData(nameof(EveryPush))]
    public async Task Context_SocketLostAtAPush_IsSpokenOnceInOrder(int message, Loss loss)
    {
        var network = new LossyNetwork((connection, n) => connection == 0 && n == message ? loss : Loss.None);

        await AssertSpokenOnceAsync(network);

        Assert.Equal(1, network.Losses);
    }

    [Fact]
    public async Task Context_EachSocketCarriesOneMessageMoreThanTheLast_IsSpokenOnceInOrder()
    {
        var network = new LossyNetwork((connection, n) => n == connection ? Loss.Behind : Loss.None);

        await AssertSpokenOnceAsync(network);

        Assert.True(network.Losses > 2, $"{network.Losses} losses");
    }

    private async Task AssertSpokenOnceAsync(LossyNetwork network)
    {
        using var handler = network.NewHandler();
        await using var client = service.NewClient(handler);
        await using var context = client.OpenContext(new TtsContextOptions { Voice = RealService.Voice, Words = true, MaxBufferDelayMs = 0 });

        var reading = context.ReadAllAsync();
        await context.SayAsync(Texts);
        var events = await reading;

        var words = string.Join(' ', events.OfType<WordsEvent>().SelectMany(item => item.Words).Select(word => word.Text));
        Assert.Equal(string.Concat(Texts), words);
        Assert.Equal([1, 2, 3, 4], events.OfType<FlushDoneEvent>().Select(flush => flush.FlushId!.Value));
        Assert.IsType<DoneEvent>(events[^1]);

        // The archive has the undelivered speech, too.
        await Eventually.IsAsync(async () => (await client.Sessions.GetAsync(client.SessionId!, Scene.Stop)).Contexts.All(known => known.Archived), true, Scene.Stop);
        var kept = Assert.Single((await client.Sessions.GetAsync(client.SessionId!, Scene.Stop)).Contexts);
        var manifest = JsonDocument.Parse(await client.Sessions.GetManifestAsync(client.SessionId!, kept.Ordinal, Scene.Stop)).RootElement;
        Assert.Equal(string.Concat(Texts), manifest.GetProperty("text").GetString());
        Assert.Equal(events.Audio().Length, manifest.GetProperty("segments").EnumerateArray().Sum(segment => segment.GetProperty("bytes").GetInt64()));
    }
}
