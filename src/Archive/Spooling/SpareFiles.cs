using System.Collections.Concurrent;

namespace TtsGrains.Archive.Spooling;

/// <summary>
/// Empty files that take the place of new ones. Each context needs a journal for a moment; creating and deleting one costs more than renaming it, many times
/// more on an ext4 file system without a journal, which looks through all files that were deleted in the last minute. Thread-safe.
/// </summary>
internal sealed class SpareFiles
{
    /// <summary>How the name of a spare file ends.</summary>
    public const string Ending = ".spare";

    private const int MaxFiles = 64;

    private readonly ConcurrentBag<string> _files = [];

    /// <summary>Has an empty file at a path where there is none, if there is a spare one.</summary>
    public void TryPlace(string path)
    {
        if (!_files.TryTake(out var spare))
        {
            return;
        }

        try
        {
            File.Move(spare, path, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            // Something else removed it: the caller creates a new file.
        }
    }

    /// <summary>Empties a file and keeps it, or deletes it if enough are kept.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Take(string path)
    {
        if (_files.Count >= MaxFiles)
        {
            File.Delete(path);
            return;
        }

        using (new FileStream(path, FileMode.Truncate, FileAccess.Write))
        {
            // Nothing of it stays readable.
        }

        var spare = path + Ending;
        File.Move(path, spare, overwrite: true);
        _files.Add(spare);
    }

    /// <summary>Deletes the spare files.</summary>
    public void Clear()
    {
        while (_files.TryTake(out var spare))
        {
            File.Delete(spare);
        }
    }
}
