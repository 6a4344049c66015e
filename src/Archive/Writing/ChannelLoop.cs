using System.Threading.Channels;

namespace TtsGrains.Archive.Writing;

/// <summary>A consumer of a channel.</summary>
internal static class ChannelLoop
{
    /// <summary>Works on what arrives, one after the other, until it is cancelled; then it completes without an error.</summary>
    public static async Task ForEachAsync<T>(this ChannelReader<T> reader, Func<T, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var next in reader.ReadAllAsync(stoppingToken))
            {
                await work(next);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The writer stops.
        }
    }
}
