using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>Keeps states as long as the process lives.</summary>
internal sealed class MemoryStateStore : IStateStore
{
    private readonly Dictionary<StateId, StoredState> _states = [];

    public Task<StoredState?> ReadAsync(StateId id, CancellationToken cancellationToken)
    {
        lock (_states)
        {
            return Task.FromResult(_states.GetValueOrDefault(id));
        }
    }

    public Task<string> WriteAsync(StateId id, string? etag, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        lock (_states)
        {
            Expect(id, etag);
            var stored = new StoredState(Guid.NewGuid().ToString("N"), json);
            _states[id] = stored;
            return Task.FromResult(stored.Etag);
        }
    }

    public Task ClearAsync(StateId id, string? etag, CancellationToken cancellationToken)
    {
        lock (_states)
        {
            Expect(id, etag);
            _states.Remove(id);
            return Task.CompletedTask;
        }
    }

    private void Expect(StateId id, string? etag)
    {
        var stored = _states.GetValueOrDefault(id)?.Etag;
        if (stored != etag)
        {
            throw new InconsistentStateException($"The state {id.StateName} was changed by another writer.", stored, etag);
        }
    }
}
