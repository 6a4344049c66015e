using System.Collections.Concurrent;
using Orleans.Storage;
using TtsGrains.Testing;

namespace TtsGrains.PushStreams.Tests.Hosting;

/// <summary>Grain storage that outlives its silos, as a database does: who subscribed to which stream must not be lost with one.</summary>
public sealed class SharedStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (object State, string Tag)> _states = new();
    private readonly Changes _changes = new();
    private volatile bool _isAway;
    private int _refused;

    /// <summary>Whether it is away: then it refuses everything.</summary>
    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    /// <summary>Completes when it has refused something.</summary>
    public Task WhenRefusedAsync() => _changes.WhenAsync(() => Volatile.Read(ref _refused) > 0, TestContext.Current.CancellationToken);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfAway();
        if (_states.TryGetValue((stateName, grainId), out var stored))
        {
            grainState.State = (T)stored.State;
            grainState.ETag = stored.Tag;
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfAway();
        grainState.ETag = Guid.NewGuid().ToString("N");
        grainState.RecordExists = true;
        _states[(stateName, grainId)] = (grainState.State!, grainState.ETag);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfAway();
        _states.TryRemove((stateName, grainId), out _);
        grainState.RecordExists = false;
        return Task.CompletedTask;
    }

    private void ThrowIfAway()
    {
        if (_isAway)
        {
            Interlocked.Increment(ref _refused);
            _changes.Note();
            throw new IOException("The storage is away.");
        }
    }
}
