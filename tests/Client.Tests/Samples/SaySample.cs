using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;

namespace TtsGrains.Client.Tests.Samples;

internal static class SaySample
{
    public static async Task RunAsync(Uri service, string voice, Stream output, List<string> captions, CancellationToken stop)
    {
        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = service, ApiKey = "demo" });
        await using var context = client.OpenContext(new TtsContextOptions { Voice = voice, Words = true });

        var saying = Task.Run(async () =>
        {
            await context.PushAsync("Your parcel left this morning. ", cancellationToken: stop);
            await context.FlushAsync(stop);
            await context.PushAsync("It arrives tomorrow.", cancellationToken: stop);
            await context.CompleteAsync(stop);
        }, stop);

        await foreach (var item in context.ReadAsync(stop))
        {
            switch (item)
            {
                case AudioEvent audio:
                    await output.WriteAsync(audio.Audio, stop);
                    break;
                case WordsEvent words:
                    captions.AddRange(words.Words.Select(word => word.Text));
                    break;
            }
        }

        await saying;
    }
}
