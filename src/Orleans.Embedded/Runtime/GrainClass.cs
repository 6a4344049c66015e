using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Orleans.Runtime;

/// <summary>A grain class: what its attributes say, and how to construct it.</summary>
internal sealed class GrainClass
{
    private readonly PersistentStateFacet[] _facets;
    private readonly Lazy<ObjectFactory> _factory;

    public GrainClass(Type type)
    {
        Type = type;
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        AgeLimit = type.IsDefined(typeof(KeepAliveAttribute), inherit: true)
            ? Timeout.InfiniteTimeSpan
            : type.GetCustomAttribute<CollectionAgeLimitAttribute>(inherit: true)?.AgeLimit;
        _facets = [.. type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(PersistentStateFacet.For).OfType<PersistentStateFacet>()];
        _factory = new Lazy<ObjectFactory>(() => ActivatorUtilities.CreateFactory(type, [.. _facets.Select(facet => facet.ParameterType)]));
    }

    public Type Type { get; }

    public bool IsReentrant { get; }

    /// <summary>How long an activation may idle; null for the silo's default, infinite for ever.</summary>
    public TimeSpan? AgeLimit { get; }

    /// <summary>Constructs the grain in the current turn and reads its stored state.</summary>
    public async Task<object> CreateAsync(GrainKey key, IServiceProvider services, CancellationToken cancellationToken)
    {
        var states = Array.ConvertAll(_facets, facet => facet.Create(key, services));
        var instance = _factory.Value(services, [.. states]);
        foreach (var state in states)
        {
            await state.ReadStateAsync(cancellationToken);
        }

        return instance;
    }
}
