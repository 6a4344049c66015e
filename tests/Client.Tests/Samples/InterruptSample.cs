using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;

namespace TtsGrains.Client.Tests.Samples;

internal static class InterruptSample
{
    public static async Task<(long Heard, bool Answered)> RunAsync(Uri service, string voice, CancellationToken stop)
    {
        long heard = 0;
        var answered = false;

        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = service, ApiKey = "demo" });
        await using var context = client.OpenContext(new TtsContextOptions { Voice = voice });
        await context.PushAsync("This is a long story, and the caller has heard it before. ", cancellationToken: stop);

        using var bargeIn = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await foreach (var audio in context.ReadAsync(bargeIn.Token).OfType<AudioEvent>())
            {
                heard += audio.Audio.Length;
                await bargeIn.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            await using var answer = client.OpenContext(new TtsContextOptions { Voice = voice });
            await answer.PushAsync("Yes, how can I help?", cancellationToken: stop);
            await answer.CompleteAsync(stop);
            answered = await answer.ReadAsync(stop).OfType<AudioEvent>().AnyAsync(stop);
        }

        return (heard, answered);
    }
}
