using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>The engine of one host: its grains, observers and clocks.</summary>
internal sealed class Silo : ILocalSiloDetails, IDisposable
{
    private readonly ConcurrentDictionary<ObserverTarget, Nothing> _observers = new();
    private readonly TimeSpan _responseTimeout;
    private readonly List<ITimer> _sweeps = [];

    public Silo(
        IServiceProvider services,
        GrainTypes types,
        TimeProvider time,
        IOptions<SiloOptions> silo,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GrainCollectionOptions> collection,
        ILogger<Silo> logger)
    {
        Services = services;
        Types = types;
        Time = time;
        Name = silo.Value.SiloName ?? Environment.MachineName;
        Collection = collection.Value;
        Log = new SiloLog(logger);
        Catalog = new GrainCatalog(this);
        GrainFactory = new GrainFactory(this);
        _responseTimeout = messaging.Value.ResponseTimeout;
    }

    public string Name { get; }

    public SiloAddress SiloAddress { get; } = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 0), Environment.ProcessId);

    public IServiceProvider Services { get; }

    public GrainTypes Types { get; }

    public TimeProvider Time { get; }

    public GrainCollectionOptions Collection { get; }

    public SiloLog Log { get; }

    public GrainCatalog Catalog { get; }

    public GrainFactory GrainFactory { get; }

    public void Start()
    {
        GrainContract.Check(Types.Interfaces);

        // A response may come late by a quarter of the timeout; scanning finer costs more than it tells.
        var scan = TimeSpan.FromTicks(Math.Clamp(_responseTimeout.Ticks / 4, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond));
        _sweeps.Add(Time.CreateTimer(_ => ExpireRequests(), null, scan, scan));
        _sweeps.Add(Time.CreateTimer(_ => CollectIdle(), null, Collection.CollectionQuantum, Collection.CollectionQuantum));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await Catalog.CloseAsync(cancellationToken);
        Dispose();
    }

    public void Dispose() => _sweeps.ForEach(sweep => sweep.Dispose());

    public ObserverTarget AddObserver(IGrainObserver observer)
    {
        var target = new ObserverTarget(this, observer);
        _observers.TryAdd(target, default);
        return target;
    }

    public void RemoveObserver(ObserverTarget observer)
    {
        _observers.TryRemove(observer, out _);
        observer.Delete();
    }

    private void ExpireRequests()
    {
        var sentBefore = Time.GetTimestamp() - (long)(_responseTimeout.TotalSeconds * Time.TimestampFrequency);
        foreach (var target in Catalog.Activations.Concat<RequestTarget>(_observers.Keys))
        {
            target.Expire(sentBefore, () => new TimeoutException($"No response within {_responseTimeout}."));
        }
    }

    private void CollectIdle()
    {
        foreach (var activation in Catalog.Activations)
        {
            activation.DeactivateIfIdle(Collection.CollectionAge);
        }

        foreach (var (observer, _) in _observers)
        {
            if (observer.IsCollected)
            {
                RemoveObserver(observer);
            }
        }
    }
}
