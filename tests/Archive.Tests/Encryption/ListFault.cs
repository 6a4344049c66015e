using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Tests.Encryption;

/// <summary>A store that cannot be listed while it is away.</summary>
internal sealed class ListFault(ISegmentArchive store) : ISegmentArchive
{
    /// <summary>Thrown instead of a listing; null: there is one.</summary>
    public Exception? Fault { get; set; }

    public Task PrepareAsync(CancellationToken cancellationToken) => store.PrepareAsync(cancellationToken);

    public Task<ArchiveWrite> WriteAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
        => store.WriteAsync(name, content, contentType, cancellationToken);

    public Task<BinaryData?> ReadAsync(string name, CancellationToken cancellationToken) => store.ReadAsync(name, cancellationToken);

    public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken) => store.OpenReadAsync(name, cancellationToken);

    public Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken) => store.GetLengthAsync(name, cancellationToken);

    public IAsyncEnumerable<ArchivedObject> ListAsync(string prefix, CancellationToken cancellationToken)
        => Fault is { } fault ? throw fault : store.ListAsync(prefix, cancellationToken);

    public Task<ArchivePage> ListPageAsync(string folder, string? cursor, int limit, CancellationToken cancellationToken)
        => store.ListPageAsync(folder, cursor, limit, cancellationToken);

    public Task ReplaceAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
        => store.ReplaceAsync(name, content, contentType, cancellationToken);

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => store.DeleteAsync(name, cancellationToken);

    public Task<bool> DeleteIfUnchangedAsync(string name, BinaryData content, CancellationToken cancellationToken)
        => store.DeleteIfUnchangedAsync(name, content, cancellationToken);
}
