using TtsGrains.Client.Connections;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;

namespace TtsGrains.Client.Tests.Scripted;

/// <summary>What the tests of the connection have in common.</summary>
internal static class Scene
{
    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TtsClient NewClient(Uri url, ReconnectPolicy? reconnect = null, long room = 1 << 20)
        => new(new TtsClientOptions
        {
            BaseUrl = url,
            ApiKey = "demo",
            Reconnect = reconnect ?? new ReconnectPolicy { FirstDelay = TimeSpan.FromMilliseconds(1), LongestDelay = TimeSpan.FromMilliseconds(20) },
            BufferBytesPerContext = room,
        });

    public static TtsContext Open(this TtsClient client, string id) => client.OpenContext(new TtsContextOptions { Voice = "v1", ContextId = id });

    /// <summary>Says the texts, each with a flush behind it, and ends.</summary>
    public static async Task SayAsync(this TtsContext context, params string[] texts)
    {
        foreach (var text in texts)
        {
            await context.PushAsync(text, cancellationToken: Stop);
            await context.FlushAsync(Stop);
        }

        await context.CompleteAsync(Stop);
    }

    public static async Task<List<TtsEvent>> ReadAllAsync(this TtsContext context)
    {
        var events = new List<TtsEvent>();
        await foreach (var item in context.ReadAsync(Stop))
        {
            events.Add(item);
        }

        return events;
    }

    public static byte[] Audio(this IEnumerable<TtsEvent> events) => [.. events.OfType<AudioEvent>().SelectMany(audio => audio.Audio.ToArray())];
}
