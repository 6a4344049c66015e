using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Testing;

namespace TtsGrains.Client.Tests.Samples;

internal static class ScriptedSample
{
    public static async Task<(string Said, int Status)> RunAsync(CancellationToken stop)
    {
        var (said, status) = ("", 0);

        // scripted
        await using var upstream = await ScriptedUpstream.StartAsync(stop);

        // What begins with "Busy" is refused; everything else is answered as it should be.
        upstream.When("Busy", (context, message) =>
        {
            context.Error(429, "concurrency_limited", "Too many concurrent requests", "Try again later.");
            return Task.CompletedTask;
        });

        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = new Uri(upstream.Url, "/"), ApiKey = "any" });
        await using var context = client.OpenContext(new TtsContextOptions { Voice = "voice-1" });
        await context.PushAsync("All is well.", cancellationToken: stop);
        await context.CompleteAsync(stop);
        var audio = new List<byte>();
        await foreach (var piece in context.ReadAsync(stop).OfType<AudioEvent>())
        {
            audio.AddRange(piece.Audio.ToArray());
        }

        said = ScriptedAudio.TextOf(audio.ToArray());   // "All is well.": the audio follows from the text and can be read back

        await using var refused = client.OpenContext(new TtsContextOptions { Voice = "voice-1" });
        try
        {
            await refused.PushAsync("Busy today.", cancellationToken: stop);
            await refused.ReadAsync(stop).AnyAsync(stop);
        }
        catch (TtsException e)
        {
            status = e.Status;                          // 429
        }
        // end

        return (said, status);
    }
}
