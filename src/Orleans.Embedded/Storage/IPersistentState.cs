using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>State of a grain that outlives its activations; read before the grain activates, written when it says so.</summary>
public interface IPersistentState<TState> : IStorage<TState>;

/// <summary>Which state, in which store.</summary>
public interface IPersistentStateConfiguration
{
    string StateName { get; }

    /// <summary>Null for the default store.</summary>
    string? StorageName { get; }
}

/// <summary>Marks a constructor parameter of type <see cref="IPersistentState{TState}"/>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute, IPersistentStateConfiguration
{
    public string StateName { get; } = stateName;

    public string? StorageName { get; } = storageName;
}
