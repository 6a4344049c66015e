using System.Buffers;
using System.Runtime.CompilerServices;

namespace TtsGrains.Grains.Archive;

/// <summary>
/// The archive as plain files below one folder. A file is written under another name, flushed to the disk and then linked to its own name,
/// which never replaces a file. The folder entry itself is left to the file system's journal.
/// </summary>
public sealed class FileSegmentArchive(string root, TimeProvider time) : ISegmentArchive
{
    private const string UnfinishedFolder = ".unfinished";
    private static readonly TimeSpan UnfinishedIsAbandonedAfter = TimeSpan.FromDays(1);

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=~.");

    private readonly string _root = Path.GetFullPath(root);

    /// <inheritdoc />
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        var unfinished = Directory.CreateDirectory(Path.Combine(_root, UnfinishedFolder));

        // Left by a process that died while writing. Others may be writing here right now, so only old ones go.
        var abandonedBefore = time.GetUtcNow() - UnfinishedIsAbandonedAfter;
        foreach (var file in unfinished.EnumerateFiles().Where(f => f.LastWriteTimeUtc < abandonedBefore))
        {
            file.Delete();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<ArchiveWrite> WriteAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
    {
        var path = PathOf(name);

        // A flush to the disk takes long and blocks. On a thread of its own it takes none from the pool, which has audio to pass on.
        return Task.Factory.StartNew(
            () => Write(path, content), cancellationToken, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
    }

    /// <inheritdoc />
    public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<Stream?>(
                new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 64 * 1024, useAsync: true));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <inheritdoc />
    public Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(name));
        return Task.FromResult<long?>(file.Exists ? file.Length : null);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ArchivedObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        var start = new DirectoryInfo(folder.Length == 0 ? _root : PathOf(folder.TrimEnd('/')));
        foreach (var found in Walk(start, folder, prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return found;
        }

        await Task.CompletedTask;
    }

    private ArchiveWrite Write(string path, Stream content)
    {
        if (File.Exists(path))
        {
            return ArchiveWrite.AlreadyThere;
        }

        var unfinished = Path.Combine(_root, UnfinishedFolder, Guid.NewGuid().ToString("N"));
        try
        {
            using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                content.CopyTo(file);
                file.Flush(flushToDisk: true);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return PlaceFile.TryPlace(unfinished, path) ? ArchiveWrite.Created : ArchiveWrite.AlreadyThere;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    // A folder sorts by its name with the '/', as its contents do in an ordered list of whole names.
    private static IEnumerable<ArchivedObject> Walk(DirectoryInfo folder, string folderName, string prefix)
    {
        if (!folder.Exists)
        {
            yield break;
        }

        var entries = folder.EnumerateFileSystemInfos()
            .Select(entry => (Entry: entry, Name: folderName + entry.Name + (entry is DirectoryInfo ? "/" : "")))
            .Where(e => e.Name.StartsWith(prefix, StringComparison.Ordinal) && e.Name != UnfinishedFolder + "/")
            .OrderBy(e => e.Name, StringComparer.Ordinal);
        foreach (var (entry, name) in entries)
        {
            if (entry is FileInfo file)
            {
                yield return new ArchivedObject(name, file.Length);
                continue;
            }

            foreach (var inner in Walk((DirectoryInfo)entry, name, prefix))
            {
                yield return inner;
            }
        }
    }

    // Names arrive escaped; this is the second fence, so that no caller's mistake can reach a file outside the root.
    private string PathOf(string name)
    {
        var parts = name.Split('/');
        foreach (var part in parts)
        {
            if (part.Length == 0 || part[0] == '.' || part.AsSpan().ContainsAnyExcept(NameCharacters))
            {
                throw new ArgumentException("Not a name of an archived object.", nameof(name));
            }
        }

        return Path.Combine([_root, .. parts]);
    }
}
