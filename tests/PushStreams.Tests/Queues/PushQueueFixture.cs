using TtsGrains.PushStreams.Messages;
using TtsGrains.PushStreams.Queues;
using TtsGrains.Testing;

namespace TtsGrains.PushStreams.Tests.Queues;

/// <summary>A queue and what is asked of it, for the tests of queues.</summary>
public abstract class PushQueueFixture
{
    private protected static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private protected static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private protected static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private protected static readonly StreamId Stream = StreamId.Create("numbers", "a");

    private protected FakeTimeProvider Time { get; } = new(Start);

    private protected Guid Receiver { get; } = Guid.NewGuid();

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected PushQueue NewQueue(int capacity = 10) => new(capacity, Lease, Time);

    private protected DequeueRequest Request(long received = 0, long delivered = 0, int count = 10) => new(Receiver, received, delivered, count);

    private protected static async Task<Enqueued> PutAsync(PushQueue queue, params int[] items)
    {
        var result = Enqueued.None;
        foreach (var item in items)
        {
            result = await queue.EnqueueAsync(PushMessage.Live(Stream, new[] { item }, null), Timeout);
        }

        return result;
    }

    private protected static int[] Items(DequeueAnswer answer) => [.. answer.Messages.SelectMany(message => message.Message.Events.Cast<int>())];

    private protected static long Last(DequeueAnswer answer) => answer.Messages[^1].Number;
}
