using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Runtime;

namespace Orleans;

/// <inheritdoc cref="IGrainFactory"/>
internal sealed class GrainFactory(Silo silo) : IClusterClient
{
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), GrainClass> _classes = new();

    public IServiceProvider ServiceProvider => silo.Services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Refer<TGrainInterface>(primaryKey, grainClassNamePrefix);
    }

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey
        => Refer<TGrainInterface>(primaryKey.ToString("X", CultureInfo.InvariantCulture), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey
        => Refer<TGrainInterface>(primaryKey.ToString("N"), grainClassNamePrefix);

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (obj is null or GrainReferenceProxy or not TGrainObserverInterface)
        {
            throw new ArgumentException($"An object that implements {typeof(TGrainObserverInterface)} is needed.", nameof(obj));
        }

        return (TGrainObserverInterface)(object)GrainReferenceProxy.Create(typeof(TGrainObserverInterface), silo.Catalog, key: null, silo.AddObserver(obj));
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (obj is not GrainReferenceProxy { Target: ObserverTarget observer })
        {
            throw new ArgumentException("A reference to an observer is needed.", nameof(obj));
        }

        silo.RemoveObserver(observer);
    }

    private T Refer<T>(string key, string? prefix)
    {
        var grainClass = _classes.GetOrAdd((typeof(T), prefix), static (wanted, types) => types.Find(wanted.Interface, wanted.Prefix), silo.Types);
        return (T)(object)GrainReferenceProxy.Create(typeof(T), silo.Catalog, new GrainKey(grainClass, key));
    }
}
