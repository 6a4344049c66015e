using TtsGrains.PushStreams.Messages;

namespace TtsGrains.PushStreams.Queues;

/// <summary>What a receiver says of itself when it asks a queue for messages.</summary>
/// <param name="Receiver">The receiver; each agent's has an id of its own.</param>
/// <param name="Received">The number of the last message that it has got; 0 for none. What was handed out behind that and got lost is handed out again.</param>
/// <param name="Delivered">The number up to which no consumer waits for a message any more: the queue may forget those.</param>
/// <param name="Count">The most messages that it takes; 0 only says that it is there.</param>
[GenerateSerializer, Immutable, Alias("TtsGrains.PushStreams.DequeueRequest")]
internal readonly record struct DequeueRequest(
    [property: Id(0)] Guid Receiver,
    [property: Id(1)] long Received,
    [property: Id(2)] long Delivered,
    [property: Id(3)] int Count);

/// <summary>What a queue answers.</summary>
/// <param name="Messages">The messages in their order; empty when none came while the receiver waited.</param>
/// <param name="IsHeld">Whether the queue is the receiver's. When not, another one has it still.</param>
[GenerateSerializer, Immutable, Alias("TtsGrains.PushStreams.DequeueAnswer")]
internal readonly record struct DequeueAnswer([property: Id(0)] NumberedMessage[] Messages, [property: Id(1)] bool IsHeld)
{
    /// <summary>Nothing, for a receiver that has to try again.</summary>
    public static DequeueAnswer None { get; } = new([], IsHeld: false);
}

/// <summary>All that is in a queue, for its way to another silo.</summary>
/// <param name="LastNumber">The last number that it gave.</param>
/// <param name="Holder">Whose it is.</param>
/// <param name="UnderWay">What was handed out and is not known to be delivered.</param>
/// <param name="Waiting">The undelivered messages.</param>
[GenerateSerializer, Immutable, Alias("TtsGrains.PushStreams.QueueContents")]
internal sealed record QueueContents(
    [property: Id(0)] long LastNumber,
    [property: Id(1)] Guid Holder,
    [property: Id(2)] NumberedMessage[] UnderWay,
    [property: Id(3)] PushMessage[] Waiting)
{
    /// <summary>Whether nothing is in it that anybody waits for.</summary>
    public bool IsEmpty => UnderWay.Length == 0 && Waiting.Length == 0;
}
