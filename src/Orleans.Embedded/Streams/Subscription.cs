using System.Threading.Channels;
using Orleans.Streams;

namespace Orleans.Runtime;

/// <summary>One subscriber's bounded room of events, and the loop that delivers them one awaited call at a time.</summary>
internal sealed class Subscription<T>
{
    /// <summary>Events that may wait for the subscriber; then the publisher waits.</summary>
    private const int Room = 128;

    private readonly Channel<(T Item, StreamSequenceToken Token)> _events = Channel.CreateBounded<(T, StreamSequenceToken)>(
        new BoundedChannelOptions(Room) { SingleReader = true });

    private readonly Silo _silo;
    private readonly StreamId _stream;
    private volatile IAsyncObserver<T>? _clientObserver;

    private Subscription(Silo silo, StreamId stream, GrainKey? owner)
    {
        _silo = silo;
        _stream = stream;
        Owner = owner;
    }

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>The grain that subscribed; null for code outside any grain.</summary>
    public GrainKey? Owner { get; }

    public static Subscription<T> Start(Silo silo, StreamId stream, IAsyncObserver<T> observer)
    {
        var subscription = new Subscription<T>(silo, stream, Activation.Current?.Key);
        subscription.Observe(observer);
        using (ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(subscription.DeliverAllAsync);
        }

        return subscription;
    }

    /// <exception cref="InvalidOperationException">The caller is not the owner.</exception>
    public void Observe(IAsyncObserver<T> observer)
    {
        var activation = Activation.Current;
        if (activation?.Key != Owner)
        {
            throw new InvalidOperationException("Only the one that subscribed can resume the subscription.");
        }

        if (activation is null)
        {
            _clientObserver = observer;
        }
        else
        {
            activation.Streams.Set(Id, observer);
        }
    }

    public bool TryAdd(T item, StreamSequenceToken token) => _events.Writer.TryWrite((item, token));

    public async ValueTask AddAsync(T item, StreamSequenceToken token)
    {
        try
        {
            await _events.Writer.WriteAsync((item, token));
        }
        catch (ChannelClosedException)
        {
            // Unsubscribed while the publisher waited.
        }
    }

    public void End() => _events.Writer.TryComplete();

    private async Task DeliverAllAsync()
    {
        await foreach (var (item, token) in _events.Reader.ReadAllAsync())
        {
            try
            {
                await DeliverAsync(observer => observer.OnNextAsync(item, token));
            }
            catch (Exception exception)
            {
                _silo.Log.DeliveryFailed(exception, _stream);
                await TellErrorAsync(exception);
            }
        }
    }

    private async Task TellErrorAsync(Exception failure)
    {
        try
        {
            await DeliverAsync(observer => observer.OnErrorAsync(failure));
        }
        catch (Exception exception)
        {
            _silo.Log.DeliveryFailed(exception, _stream);
        }
    }

    private Task DeliverAsync(Func<IAsyncObserver<T>, Task> deliver)
    {
        if (Owner is null)
        {
            return deliver(_clientObserver!);
        }

        var request = new LocalRequest(
            activation => deliver(activation.Streams.Find(Id) as IAsyncObserver<T> ?? throw new InvalidOperationException($"{Owner} has not resumed its subscription.")),
            interleaves: false,
            keepsAlive: true,
            movable: true,
            _silo.Time.GetTimestamp());
        _silo.Catalog.Send(Owner, request);
        return request.Ended;
    }
}
