using System.Buffers;
using System.Runtime.CompilerServices;

namespace TtsGrains.Archive.Stores;

/// <summary>
/// The archive as plain files below one folder. A file is written under another name, flushed to the disk and then linked to its own name,
/// which never replaces a file. The folder entry itself is left to the file system's journal.
/// </summary>
public sealed class FileSegmentArchive(string root, TimeProvider time) : ISegmentArchive
{
    internal const string UnfinishedFolder = ".unfinished";
    private static readonly TimeSpan UnfinishedIsAbandonedAfter = TimeSpan.FromDays(1);

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=~.");

    private readonly string _root = Path.GetFullPath(root);

    // Held while a file is replaced, or compared and deleted. The folder is this process's alone.
    private readonly Lock _replacing = new();

    /// <inheritdoc />
    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        PrivateFiles.CreateRoot(_root);
        var unfinished = PrivateFiles.CreateFolder(Path.Combine(_root, UnfinishedFolder));

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

        var written = ArchiveWrite.None;
        return DiskScheduler.RunAsync(
            () =>
            {
                if (File.Exists(path))
                {
                    return ArchiveWrite.AlreadyThere;
                }

                WriteUnfinished(content, unfinished => written = Place(unfinished, path));
                return written;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<ArchiveWrite> WriteFileAsync(string name, string path, string contentType, CancellationToken cancellationToken)
    {
        var placed = PathOf(name);
        return DiskScheduler.RunAsync(
            () =>
            {
                if (File.Exists(placed))
                {
                    return ArchiveWrite.AlreadyThere;
                }

                using var content = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
                content.Flush(flushToDisk: true);
                PrivateFiles.CreateFolder(Path.GetDirectoryName(placed)!);
                if (PlaceFile.TryLink(path, placed) is { } isLinked)
                {
                    return isLinked ? ArchiveWrite.Created : ArchiveWrite.AlreadyThere;
                }

                var written = ArchiveWrite.None;
                WriteUnfinished(content, unfinished => written = Place(unfinished, placed));
                return written;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task ReplaceAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        return DiskScheduler.RunAsync(
            () =>
            {
                WriteUnfinished(content, unfinished => Replace(unfinished, path));
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(name));
        if (!file.Exists)
        {
            return Task.FromResult(false);
        }

        file.Delete();
        RemoveEmptyFolders(file.Directory);
        return Task.FromResult(true);
    }

    /// <inheritdoc />
    public Task<bool> DeleteIfUnchangedAsync(string name, BinaryData content, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(name));
        return DiskScheduler.RunAsync(
            () =>
            {
                lock (_replacing)
                {
                    if (!file.Exists || !File.ReadAllBytes(file.FullName).AsSpan().SequenceEqual(content.ToMemory().Span))
                    {
                        return false;
                    }

                    file.Delete();
                }

                RemoveEmptyFolders(file.Directory);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public async Task<BinaryData?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return BinaryData.FromBytes(await File.ReadAllBytesAsync(PathOf(name), cancellationToken));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
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
        var start = FolderOf(folder);
        foreach (var found in FolderWalk.Read(start, folder, prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return found;
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<ArchivePage> ListPageAsync(string folder, string? cursor, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var start = FolderOf(folder);
        return Task.FromResult(start.Exists ? FolderPage.Read(start, cursor, limit, cancellationToken) : new ArchivePage([], null));
    }

    private void WriteUnfinished(Stream content, Action<string> place)
    {
        var unfinished = Path.Combine(_root, UnfinishedFolder, Guid.NewGuid().ToString("N"));
        try
        {
            using (var file = PrivateFiles.Create(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                content.CopyTo(file);
                file.Flush(flushToDisk: true);
            }

            place(unfinished);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private void Replace(string unfinished, string path)
    {
        lock (_replacing)
        {
            PrivateFiles.CreateFolder(Path.GetDirectoryName(path)!);
            File.Move(unfinished, path, overwrite: true);
        }
    }

    private static ArchiveWrite Place(string unfinished, string path)
    {
        PrivateFiles.CreateFolder(Path.GetDirectoryName(path)!);
        return PlaceFile.TryPlace(unfinished, path) ? ArchiveWrite.Created : ArchiveWrite.AlreadyThere;
    }

    // Somebody may be about to write into one of them; then that write fails once and is tried again.
    private void RemoveEmptyFolders(DirectoryInfo? folder)
    {
        while (folder is not null && folder.FullName.Length > _root.Length)
        {
            try
            {
                folder.Delete();
            }
            catch (IOException)
            {
                return;
            }

            folder = folder.Parent;
        }
    }

    private DirectoryInfo FolderOf(string prefix) => new(prefix.Length == 0 ? _root : PathOf(prefix.TrimEnd('/')));

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
