using TtsGrains.Client.Events;
using TtsGrains.Client.Sessions;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Client.Tests.Samples;

internal static class ListenSample
{
    public static async Task RunAsync(
        Uri service, string session, Stream output, Stream recording, IProgress<DownloadProgress> progress, CancellationToken stop)
    {
        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = service, ApiKey = "demo" });
        var options = new ListenOptions { From = [ListenFrom.Start], Format = new AudioFormat(AudioEncoding.PcmMulaw, 8000) };

        await foreach (var item in client.ListenAsync(session, options, stop))
        {
            if (item is AudioEvent audio)
            {
                await output.WriteAsync(audio.Audio, stop);
            }
            else if (item is DoneEvent)
            {
                break;
            }
        }

        await client.Sessions.DownloadRecordingAsync(session, recording, progress, stop);
    }
}
