namespace TtsGrains.Archive.Stores;

/// <summary>
/// The files below a folder on disk, in ordinal order of their names in the archive. A folder sorts by its name with the '/', as its contents do in an ordered
/// list of whole names.
/// </summary>
internal static class FolderWalk
{
    /// <param name="folder">The folder; if it does not exist, nothing is in it.</param>
    /// <param name="folderName">Its name in the archive, with the '/'; empty for the root.</param>
    /// <param name="prefix">Begins the names.</param>
    public static IEnumerable<ArchivedObject> Read(DirectoryInfo folder, string folderName, string prefix)
    {
        if (!folder.Exists)
        {
            yield break;
        }

        var entries = folder.EnumerateFileSystemInfos()
            .Select(entry => (Entry: entry, Name: folderName + entry.Name + (entry is DirectoryInfo ? "/" : "")))
            .Where(e => e.Name.StartsWith(prefix, StringComparison.Ordinal) && e.Name != FileSegmentArchive.UnfinishedFolder + "/")
            .OrderBy(e => e.Name, StringComparer.Ordinal);
        foreach (var (entry, name) in entries)
        {
            if (entry is FileInfo file)
            {
                if (LengthOf(file) is { } length)
                {
                    yield return new ArchivedObject(name, length);
                }

                continue;
            }

            foreach (var inner in Read((DirectoryInfo)entry, name, prefix))
            {
                yield return inner;
            }
        }
    }

    // Null if it was removed after its folder was read.
    private static long? LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
