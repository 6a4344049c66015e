using Orleans.Runtime.Providers;

namespace TtsGrains.PushStreams.Hosting;

/// <summary>How long an agent waits before it tries again what has failed: from 50 ms, doubling, to 1 second. Orleans' own begins with seconds.</summary>
internal sealed class PushStreamBackoff : IMessageDeliveryBackoffProvider, IQueueReaderBackoffProvider
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public TimeSpan Next(int attempt)
    {
        var delay = First * Math.Pow(2, Math.Clamp(attempt, 0, 10));
        return delay < Longest ? delay : Longest;
    }
}
