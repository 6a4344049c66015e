using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Encryption;

/// <summary>
/// A store whose objects with speech or text are encrypted, if that is on, and read whether they are or not. Sizes in listings are those of the stored
/// objects.
/// </summary>
internal sealed class EncryptedArchive(ISegmentArchive store, ArchiveCipher cipher) : ISegmentArchive
{
    /// <inheritdoc />
    public Task PrepareAsync(CancellationToken cancellationToken) => store.PrepareAsync(cancellationToken);

    /// <inheritdoc />
    public async Task<ArchiveWrite> WriteAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
    {
        if (await EncryptAsync(name, content, cancellationToken) is not { } encrypted)
        {
            return await store.WriteAsync(name, content, contentType, cancellationToken);
        }

        return await store.WriteAsync(name, encrypted, ArchiveCipher.ContentType, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<ArchiveWrite> WriteFileAsync(string name, string path, string contentType, CancellationToken cancellationToken)
    {
        // A file of the spool is encrypted already, for this name, unless it was begun before encryption was on.
        if (!cipher.IsOn || ArchiveCipher.TenantOf(name) is null || await IsEncryptedAsync(path, cancellationToken))
        {
            return await store.WriteFileAsync(name, path, contentType, cancellationToken);
        }

        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
        return await WriteAsync(name, content, contentType, cancellationToken);
    }

    /// <inheritdoc />
    public async Task ReplaceAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
    {
        var encrypted = await EncryptAsync(name, content, cancellationToken);
        await store.ReplaceAsync(name, encrypted ?? content, encrypted is null ? contentType : ArchiveCipher.ContentType, cancellationToken);
    }

    /// <inheritdoc />
    /// <exception cref="UnreadableObjectException">It cannot be decrypted, or is not what was written under this name.</exception>
    public async Task<BinaryData?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(name, cancellationToken);
        if (stored is null || ArchiveCipher.TenantOf(name) is not { } tenant)
        {
            return stored;
        }

        await using var content = await cipher.OpenAsync(stored.ToStream(), name, tenant, mayBePlain: false, cancellationToken);
        return await BinaryData.FromStreamAsync(content, cancellationToken);
    }

    /// <inheritdoc />
    /// <exception cref="UnreadableObjectException">It cannot be decrypted, or is not what was written under this name.</exception>
    public async Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        var stored = await store.OpenReadAsync(name, cancellationToken);
        return stored is null || ArchiveCipher.TenantOf(name) is not { } tenant ? stored : await cipher.OpenAsync(stored, name, tenant, mayBePlain: false, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken)
    {
        if (ArchiveCipher.TenantOf(name) is null)
        {
            return await store.GetLengthAsync(name, cancellationToken);
        }

        await using var stored = await store.OpenReadAsync(name, cancellationToken);
        if (stored is null)
        {
            return null;
        }

        var header = new byte[EncryptedHeader.Bytes];
        await stored.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        return EncryptedHeader.IsAt(header) ? EncryptedHeader.LengthOf(header) : stored.Length;
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ArchivedObject> ListAsync(string prefix, CancellationToken cancellationToken) => store.ListAsync(prefix, cancellationToken);

    /// <inheritdoc />
    public Task<ArchivePage> ListPageAsync(string folder, string? cursor, int limit, CancellationToken cancellationToken)
        => store.ListPageAsync(folder, cursor, limit, cancellationToken);

    /// <inheritdoc />
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => store.DeleteAsync(name, cancellationToken);

    /// <inheritdoc />
    /// <exception cref="UnreadableObjectException">It cannot be decrypted, or is not what was written under this name.</exception>
    public async Task<bool> DeleteIfUnchangedAsync(string name, BinaryData content, CancellationToken cancellationToken)
    {
        if (ArchiveCipher.TenantOf(name) is not { } tenant)
        {
            return await store.DeleteIfUnchangedAsync(name, content, cancellationToken);
        }

        if (await store.ReadAsync(name, cancellationToken) is not { } stored)
        {
            return false;
        }

        await using var plain = await cipher.OpenAsync(stored.ToStream(), name, tenant, mayBePlain: false, cancellationToken);
        return (await BinaryData.FromStreamAsync(plain, cancellationToken)).ToMemory().Span.SequenceEqual(content.ToMemory().Span)
            && await store.DeleteIfUnchangedAsync(name, stored, cancellationToken);
    }

    private static async Task<bool> IsEncryptedAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, useAsync: true);
        var header = new byte[EncryptedHeader.Bytes];
        await file.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        return EncryptedHeader.IsAt(header);
    }

    // Holds nothing that must be disposed of: after a write that failed, the store's client may still be reading it.
    private async Task<Stream?> EncryptAsync(string name, Stream content, CancellationToken cancellationToken)
        => cipher.IsOn && ArchiveCipher.TenantOf(name) is { } tenant
            ? new EncryptingStream(await cipher.Keys.GetCurrentAsync(tenant, cancellationToken), name, content)
            : null;
}
