using Orleans.Serialization;
using Orleans.Storage;

namespace TtsGrains.Grains.Storage;

/// <summary>
/// Keeps grain state in files, for a silo that is alone on its machine: a restart finds it again. A file is replaced in one step, so that a crash leaves the
/// old state or the new one.
/// </summary>
internal sealed class FileGrainStorage(StateFolder folder, Serializer serializer) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly StateWriter _writer = new();

    /// <summary>Opens the folder when the silo starts, so that one that cannot be used is known then.</summary>
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(FileGrainStorage), ServiceLifecycleStage.RuntimeStorageServices, _ => OpenAsync(), _ => Task.CompletedTask);

    /// <inheritdoc />
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var owner = OwnerOf(stateName, grainId);
        var path = folder.PathOf(owner);
        await _writer.WhenWrittenAsync(path);
        if (StateFolder.Read(path) is not { } file)
        {
            Set(grainState, Activator.CreateInstance<T>(), etag: null);
            return;
        }

        if (file.Owner != owner)
        {
            throw new InvalidDataException($"The grain state {path} belongs to another grain.");
        }

        Set(grainState, serializer.Deserialize<T>(file.State)!, file.ETag.ToString("N"));
    }

    /// <inheritdoc />
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Serialized here, on the grain's turn: the state may change while the file is written.
        var owner = OwnerOf(stateName, grainId);
        var file = new StateFile(Guid.NewGuid(), owner, serializer.SerializeToArray(grainState.State));
        await _writer.CommitAsync(new StateChange(folder.PathOf(owner), grainState.ETag, file));
        grainState.ETag = file.ETag.ToString("N");
        grainState.RecordExists = true;
    }

    /// <inheritdoc />
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await _writer.CommitAsync(new StateChange(folder.PathOf(OwnerOf(stateName, grainId)), grainState.ETag, replacement: null));
        Set(grainState, Activator.CreateInstance<T>(), etag: null);
    }

    public void Dispose()
    {
        _writer.Dispose();
        folder.Dispose();
    }

    private Task OpenAsync()
    {
        folder.Open();
        return Task.CompletedTask;
    }

    private static string OwnerOf(string stateName, GrainId grainId) => $"{stateName}/{grainId}";

    private static void Set<T>(IGrainState<T> grainState, T state, string? etag)
    {
        grainState.State = state;
        grainState.ETag = etag;
        grainState.RecordExists = etag is not null;
    }
}
