using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TtsGrains.PushStreams.Diagnostics;
using TtsGrains.PushStreams.Messages;
using TtsGrains.PushStreams.Queues;

namespace TtsGrains.PushStreams.Tests.Receiving;

/// <summary>The parts of a provider, without a silo.</summary>
internal static class Parts
{
    public static ProviderParts Of(PushStreamOptions options, TimeProvider time, bool isFiltered = false)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new ProviderParts(
            "push", options, new LocalPushQueues(), Here: null, isFiltered, new PushStreamInstruments(meters), time, NullLoggerFactory.Instance);
    }

    /// <summary>A message of one number to the stream of this key.</summary>
    public static PushMessage Message(string stream, int item, Dictionary<string, object>? context = null)
        => PushMessage.Live(StreamId.Create("numbers", stream), new[] { item }, context);
}
