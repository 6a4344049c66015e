using Orleans.Storage;

namespace TtsGrains.Grains.Storage;

/// <summary>One change to a state file.</summary>
/// <param name="path">The state's file.</param>
/// <param name="expected">The ETag that the file must have; null: there must be no file.</param>
/// <param name="replacement">The new file; null deletes it.</param>
internal sealed class StateChange(string path, string? expected, StateFile? replacement)
{
    private string? _prepared;

    public string Path => path;

    /// <summary>Completes when the change is on the disk, or has failed. Continuations run elsewhere than on the writer's thread.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Compares the ETag, and writes the new bytes beside the file.</summary>
    /// <exception cref="InconsistentStateException">The file has another ETag.</exception>
    public void Prepare()
    {
        var stored = StateFolder.Read(path)?.ETag.ToString("N");
        if (stored != expected)
        {
            throw new InconsistentStateException($"The state {path} was changed by another activation.", stored, expected);
        }

        _prepared = replacement is null ? null : StateFolder.Prepare(path, replacement.Encode());
    }

    /// <summary>Replaces the file by what was prepared, or deletes it.</summary>
    public void Publish()
    {
        if (_prepared is null)
        {
            File.Delete(path);
        }
        else
        {
            StateFolder.Publish(_prepared, path);
        }
    }
}
