namespace TtsGrains.PushStreams;
/// <summary>Settings of one push stream provider. <see cref="QueueCount"/> must be the same on all silos and clients.</summary>
public sealed class PushStreamOptions
{
    /// <summary>Into how many queues the streams are spread. Each is pulled by one agent, so this bounds how many silos share the work. Default: 8.</summary>
    public int QueueCount { get; set; } = 8;

    /// <summary>How many messages may wait in one queue for its agent; a publisher of more waits. Default: 1,024.</summary>
    public int QueueCapacity { get; set; } = 1_024;

    /// <summary>
    /// How long a publisher waits for room in a full queue before its call fails with <see cref="PushQueueFullException"/>. Must be shorter than
    /// the cluster's response timeout. Default: 5 seconds.
    /// </summary>
    public TimeSpan PublishTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most messages that an agent takes at once, and the most of one stream that a consumer is given in one call. Default: 64.</summary>
    public int BatchSize { get; set; } = 64;

    /// <summary>
    /// How long an agent waits for a message before it looks around and waits again. It costs nothing to wait, and a message ends it at once.
    /// Default: 1 second.
    /// </summary>
    public TimeSpan PollWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many messages of one queue an agent keeps for consumers that have not got them yet. Default: 4,096.</summary>
    public int CacheCapacity { get; set; } = 4_096;

    /// <summary>What becomes of a consumer that falls <see cref="CacheCapacity"/> messages of its queue behind. Default: <see cref="SlowConsumers.Wait"/>.</summary>
    public SlowConsumers SlowConsumers { get; set; } = SlowConsumers.Wait;

    /// <summary>
    /// How long the same events are offered to a consumer that throws, before it is told of the failure (<c>OnErrorAsync</c>) and given the next ones.
    /// The stream's other consumers do not wait for it. Default: 10 seconds.
    /// </summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>What becomes of a consumer that is slower than its stream.</summary>
public enum SlowConsumers
{
    /// <summary>It gets everything: the agent takes no more from the queue until it has caught up, the queue fills, and publishers of the queue's streams wait.</summary>
    Wait = 0,

    /// <summary>It loses the oldest events and continues behind them. Publishers do not wait for it. For consumers that detect a gap and fill it.</summary>
    Skip = 1,
}
