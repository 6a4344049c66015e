namespace TtsGrains.Grains.Archive;

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
/// <param name="Length">Its size, bytes.</param>
public readonly record struct ArchivedObject(string Name, long Length);

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

    /// <summary>Opens an object as a seekable stream, or null when there is none.</summary>
    Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>The size of an object in bytes, or null when there is none.</summary>
    Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken);

    /// <summary>All objects whose names begin so, in ordinal order of their names.</summary>
    IAsyncEnumerable<ArchivedObject> ListAsync(string prefix, CancellationToken cancellationToken);
}
