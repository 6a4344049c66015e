using TtsGrains.PushStreams.Messages;

namespace TtsGrains.PushStreams.Queues;

/// <summary>Where one queue lives, for those who are elsewhere. Its key is <see cref="QueueKey"/>'s.</summary>
[Alias("TtsGrains.PushStreams.IPushQueueGrain")]
internal interface IPushQueueGrain : IGrainWithStringKey
{
    /// <summary>Puts a message into the queue.</summary>
    /// <param name="message">The message.</param>
    /// <param name="patience">How long to wait for room.</param>
    [Alias("enqueue")]
    Task<Enqueued> EnqueueAsync(PushMessage message, TimeSpan patience);

    /// <summary>Takes messages, or waits for them.</summary>
    /// <param name="request">Who asks for how many.</param>
    /// <param name="wait">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("take")]
    Task<DequeueAnswer> TakeAsync(DequeueRequest request, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>The receiver leaves.</summary>
    /// <param name="receiver">Its id.</param>
    /// <param name="delivered">The number up to which nothing need be delivered again.</param>
    [Alias("release")]
    Task ReleaseAsync(Guid receiver, long delivered);

    /// <summary>The queue moves to the silo of its receiver, with all that is in it.</summary>
    /// <param name="silo">Which one.</param>
    [Alias("move")]
    Task MoveAsync(SiloAddress silo);
}
