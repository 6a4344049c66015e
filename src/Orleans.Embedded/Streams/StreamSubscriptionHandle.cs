using Orleans.Runtime;

namespace Orleans.Streams;

/// <summary>One subscription. A grain's outlives its activations: a new activation resumes it from <c>OnActivateAsync</c>.</summary>
public abstract class StreamSubscriptionHandle<T> : IEquatable<StreamSubscriptionHandle<T>?>
{
    public abstract StreamId StreamId { get; }

    public abstract string ProviderName { get; }

    public abstract Guid HandleId { get; }

    /// <summary>No event is delivered afterwards, except one that is on its way.</summary>
    public abstract Task UnsubscribeAsync();

    /// <summary>Gives the subscription this observer in place of the one before.</summary>
    public abstract Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null);

    public abstract bool Equals(StreamSubscriptionHandle<T>? other);
}
