using Orleans.Storage;

namespace TtsGrains.Grains.Storage;

/// <summary>One change to a state file.</summary>
/// <param name="path">The state's file.</param>
/// <param name="expected">The ETag that the file must have; null: there must be no file.</param>
/// <param name="replacement">The new file; null deletes it.</param>
internal sealed class StateChange(string path, string? expected, StateFile? replacement)
{
    // A file of one block of the disk costs as much as a smaller one.
    private const int SmallFile = 4 * 1024;

    // Of large states few old versions are kept.
    private const int MaxVersions = 4;

    private string? _prepared;

    public string Path => path;

    /// <summary>Completes when the change is on the disk, or has failed. Continuations run elsewhere than on the writer's thread.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Compares the ETag, and writes the new version: behind the old ones, or beside the file if they are too many.</summary>
    /// <exception cref="InconsistentStateException">The file has another ETag.</exception>
    public void Prepare()
    {
        var stored = StateFolder.Read(path, out var end)?.ETag.ToString("N");
        if (stored != expected)
        {
            throw new InconsistentStateException($"The state {path} was changed by another activation.", stored, expected);
        }

        if (replacement is null)
        {
            return;
        }

        var bytes = replacement.Encode();
        if (stored is not null && end + bytes.Length <= Math.Max(SmallFile, MaxVersions * bytes.Length))
        {
            // Cheaper than another file: no name changes, and no file is deleted.
            StateFolder.Append(path, end, bytes);
        }
        else
        {
            _prepared = StateFolder.Prepare(path, bytes);
        }
    }

    /// <summary>Replaces the file by what was prepared, or deletes it.</summary>
    public void Publish()
    {
        if (replacement is null)
        {
            StateFolder.Delete(path);
        }
        else if (_prepared is not null)
        {
            StateFolder.Publish(_prepared, path);
        }
    }
}
