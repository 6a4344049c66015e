using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>Which state of which grain.</summary>
internal sealed record StateId(string GrainType, string Key, string StateName);

/// <summary>State as it lies in a store.</summary>
internal sealed record StoredState(string Etag, ReadOnlyMemory<byte> Json);

/// <summary>A place for states. Writes and clears name the etag they are based on (null: nothing stored).</summary>
internal interface IStateStore
{
    Task<StoredState?> ReadAsync(StateId id, CancellationToken cancellationToken);

    /// <summary>Gives the new etag.</summary>
    /// <exception cref="InconsistentStateException">Something else is stored.</exception>
    Task<string> WriteAsync(StateId id, string? etag, ReadOnlyMemory<byte> json, CancellationToken cancellationToken);

    /// <exception cref="InconsistentStateException">Something else is stored.</exception>
    Task ClearAsync(StateId id, string? etag, CancellationToken cancellationToken);
}
