using System.Globalization;
using Orleans.Streams;

namespace TtsGrains.PushStreams.Queues;

/// <summary>
/// The grain key of a queue. It says how many there are, so that a publisher which counts them differently fills a queue without a reader, and is
/// told so, instead of mixing its streams with others'.
/// </summary>
/// <param name="Provider">The name of the stream provider.</param>
/// <param name="Number">The queue's number, from 0.</param>
/// <param name="Count">How many queues the provider has.</param>
internal readonly record struct QueueKey(string Provider, uint Number, int Count)
{
    public static QueueKey Of(string provider, QueueId queue, int count) => new(provider, queue.GetNumericId(), count);

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It was something else.</exception>
    public static QueueKey Parse(string key)
    {
        var ofAt = key.LastIndexOf('/');
        var numberAt = ofAt < 0 ? -1 : key.LastIndexOf('/', ofAt - 1);
        if (numberAt < 0)
        {
            throw new FormatException($"'{key}' is not the key of a push queue.");
        }

        return new QueueKey(
            key[..numberAt],
            uint.Parse(key.AsSpan((numberAt + 1)..ofAt), NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(key.AsSpan((ofAt + 1)..), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Provider}/{Number}/{Count}");
}
