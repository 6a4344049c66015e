using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Runtime;

/// <summary>State that is read before its grain activates.</summary>
internal interface IReadableState
{
    Task ReadStateAsync(CancellationToken cancellationToken);
}

/// <summary>A constructor parameter marked as persistent state.</summary>
internal sealed class PersistentStateFacet(Type stateType, IPersistentStateConfiguration configuration)
{
    private readonly Type _implementation = typeof(PersistentState<>).MakeGenericType(stateType);

    public Type ParameterType { get; } = typeof(IPersistentState<>).MakeGenericType(stateType);

    /// <summary>Null when the parameter is not so marked.</summary>
    public static PersistentStateFacet? For(ParameterInfo parameter)
        => parameter.GetCustomAttribute<PersistentStateAttribute>() is { } attribute
            ? new PersistentStateFacet(parameter.ParameterType.GenericTypeArguments.Single(), attribute)
            : null;

    public IReadableState Create(GrainKey key, IServiceProvider services)
    {
        var storage = configuration.StorageName ?? StorageNames.Default;
        var store = services.GetKeyedService<IStateStore>(storage)
            ?? throw new OrleansException($"{key.Class.Type} keeps state in the grain storage '{storage}', which is not configured.");
        return (IReadableState)Activator.CreateInstance(_implementation, store, new StateId(key.Class.Type.FullName!, key.Key, configuration.StateName))!;
    }
}

internal static class StorageNames
{
    public const string Default = "Default";
}
