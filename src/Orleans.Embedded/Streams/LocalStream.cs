using System.Collections.Immutable;
using Orleans.Streams;

namespace Orleans.Runtime;

/// <summary>One stream: its subscriptions, and publishing to each of them in order.</summary>
internal sealed class LocalStream<T>(Silo silo, string providerName, StreamId streamId) : IAsyncStream<T>
{
    private ImmutableArray<Subscription<T>> _subscriptions = [];
    private long _lastNumber;

    public StreamId StreamId => streamId;

    public string ProviderName => providerName;

    public bool IsRewindable => false;

    public Task OnNextAsync(T item, StreamSequenceToken? token = null)
    {
        var number = new EventNumber(Interlocked.Increment(ref _lastNumber));
        Task? waiting = null;
        foreach (var subscription in _subscriptions)
        {
            if (!subscription.TryAdd(item, number))
            {
                var added = subscription.AddAsync(item, number).AsTask();
                waiting = waiting is null ? added : Task.WhenAll(waiting, added);
            }
        }

        return waiting ?? Task.CompletedTask;
    }

    public async Task OnNextBatchAsync(IEnumerable<T> batch, StreamSequenceToken? token = null)
    {
        foreach (var item in batch)
        {
            await OnNextAsync(item);
        }
    }

    /// <summary>Orleans' queue-backed streams do not carry a completion either.</summary>
    public Task OnCompletedAsync() => throw new NotSupportedException("A stream has no end; publish an event that says so.");

    /// <inheritdoc cref="OnCompletedAsync"/>
    public Task OnErrorAsync(Exception ex) => throw new NotSupportedException("A stream has no end; publish an event that says so.");

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = Subscription<T>.Start(silo, streamId, observer);
        ImmutableInterlocked.Update(ref _subscriptions, static (all, added) => all.Add(added), subscription);
        return Task.FromResult<StreamSubscriptionHandle<T>>(new LocalSubscriptionHandle<T>(this, subscription));
    }

    public Task<StreamSubscriptionHandle<T>> SubscribeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token, string? filterData = null)
        => token is null ? SubscribeAsync(observer) : throw new ArgumentException("The stream is not rewindable.", nameof(token));

    public Task<IList<StreamSubscriptionHandle<T>>> GetAllSubscriptionHandles()
    {
        var caller = Activation.Current?.Key;
        IList<StreamSubscriptionHandle<T>> handles =
            [.. _subscriptions.Where(subscription => subscription.Owner == caller).Select(subscription => new LocalSubscriptionHandle<T>(this, subscription))];
        return Task.FromResult(handles);
    }

    public void Remove(Subscription<T> subscription)
    {
        ImmutableInterlocked.Update(ref _subscriptions, static (all, removed) => all.Remove(removed), subscription);
        subscription.End();
    }

    public bool Equals(IAsyncStream<T>? other) => other is LocalStream<T> stream && stream.StreamId == StreamId && stream.ProviderName == ProviderName;

    public override bool Equals(object? obj) => Equals(obj as IAsyncStream<T>);

    public override int GetHashCode() => StreamId.GetHashCode();
}

internal sealed class LocalSubscriptionHandle<T>(LocalStream<T> stream, Subscription<T> subscription) : StreamSubscriptionHandle<T>
{
    public override StreamId StreamId => stream.StreamId;

    public override string ProviderName => stream.ProviderName;

    public override Guid HandleId => subscription.Id;

    public override Task UnsubscribeAsync()
    {
        stream.Remove(subscription);
        Activation.Current?.Streams.Remove(subscription.Id);
        return Task.CompletedTask;
    }

    public override Task<StreamSubscriptionHandle<T>> ResumeAsync(IAsyncObserver<T> observer, StreamSequenceToken? token = null)
    {
        ArgumentNullException.ThrowIfNull(observer);
        subscription.Observe(observer);
        return Task.FromResult<StreamSubscriptionHandle<T>>(this);
    }

    public override bool Equals(StreamSubscriptionHandle<T>? other) => other?.HandleId == HandleId;

    public override bool Equals(object? obj) => Equals(obj as StreamSubscriptionHandle<T>);

    public override int GetHashCode() => HandleId.GetHashCode();
}
