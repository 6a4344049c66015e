namespace TtsGrains.Archive.Stores;

/// <summary>How a create-only write ended. Both are success: the object is stored.</summary>
public enum ArchiveWrite : byte
{
    None = 0,

    /// <summary>The object is new.</summary>
    Created = 1,

    /// <summary>An object of that name was there and stays as it was.</summary>
    AlreadyThere = 2,
}

/// <summary>One object of the archive.</summary>
/// <param name="Name">Its whole name, as it was written.</param>
/// <param name="Length">Its size in the store, bytes; with encryption a little more than its content.</param>
public readonly record struct ArchivedObject(string Name, long Length);

/// <summary>One page of what lies directly in a folder.</summary>
/// <param name="Names">Last parts of the names, in ordinal order; those that are folders end in '/'.</param>
/// <param name="Next">Continues behind this page; null when nothing follows. Only the store that gave it can read it.</param>
public sealed record ArchivePage(IReadOnlyList<string> Names, string? Next);

/// <summary>
/// Where finished speech is kept: named objects that are written once and never changed.
/// Names are those of <see cref="ArchiveNames"/>: parts of ASCII letters, digits and <c>-_=~.</c>, joined by '/'.
/// Every method may throw the store's own exception when the store cannot be reached; trying again is always safe.
/// </summary>
public interface ISegmentArchive
{
    /// <summary>Makes the store ready for writes (its folder or container). Harmless when it is.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Writes an object unless one of that name exists. Returns when it is durable; a reader never sees half of it.
    /// The content is read from its position to its end and must be seekable.
    /// </summary>
    Task<ArchiveWrite> WriteAsync(string name, Stream content, string contentType, CancellationToken cancellationToken);

    /// <summary>
    /// Writes the content of a finished file, which nothing changes any more, as <see cref="WriteAsync"/> does. A store on the same file system may keep the
    /// file itself: deleting it by its old name is safe.
    /// </summary>
    async Task<ArchiveWrite> WriteFileAsync(string name, string path, string contentType, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
        return await WriteAsync(name, content, contentType, cancellationToken);
    }

    /// <summary>Reads a small object whole, as it was at one moment, though it be replaced meanwhile; null when there is none.</summary>
    Task<BinaryData?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>Opens an object that is not replaced as a seekable stream, or null when there is none.</summary>
    Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>The size of an object in bytes, or null when there is none.</summary>
    Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken);

    /// <summary>All objects whose names begin so, in ordinal order of their names.</summary>
    IAsyncEnumerable<ArchivedObject> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>
    /// One page of what lies directly in a folder, however much lies there: memory follows from <paramref name="limit"/> alone.
    /// </summary>
    /// <param name="folder">A prefix that ends in '/'; empty for the folders of all tenants.</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="limit">The most names, from 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">The cursor is none of this store's.</exception>
    Task<ArchivePage> ListPageAsync(string folder, string? cursor, int limit, CancellationToken cancellationToken);

    /// <summary>Writes an object in the place of one of that name, if there is one. For what is not speech: a session's summary, marks.</summary>
    Task ReplaceAsync(string name, Stream content, string contentType, CancellationToken cancellationToken);

    /// <summary>Removes an object. Returns whether there was one.</summary>
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes a small object if it has this content. One that is replaced at the same time stays.</summary>
    /// <returns>True if it was removed.</returns>
    Task<bool> DeleteIfUnchangedAsync(string name, BinaryData content, CancellationToken cancellationToken);
}
