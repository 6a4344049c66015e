using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace TtsGrains.Archive.Stores;

/// <summary>
/// The archive as block blobs of one container in Azure Blob Storage, or in Azurite. Before the container is made there is nothing in it to read.
/// </summary>
public sealed class AzureSegmentArchive(BlobContainerClient container) : ISegmentArchive
{
    // What is longer goes up in blocks of this size and becomes a blob with the last step, so that no long recording lies in memory.
    private const long BlockBytes = 4L * 1024 * 1024;

    private static readonly StorageTransferOptions Blocks = new()
    {
        InitialTransferSize = BlockBytes,
        MaximumTransferSize = BlockBytes,
        MaximumConcurrency = 1,
    };

    /// <inheritdoc />
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        // Looked up first: a key that may only write into the container may not be allowed to create one.
        if (!await container.ExistsAsync(cancellationToken))
        {
            await container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task<ArchiveWrite> WriteAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new BlobHttpHeaders { ContentType = contentType },
            TransferOptions = Blocks,
        };
        try
        {
            await container.GetBlobClient(name).UploadAsync(content, options, cancellationToken);
            return ArchiveWrite.Created;
        }
        catch (RequestFailedException taken) when (taken.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            return ArchiveWrite.AlreadyThere;
        }
    }

    /// <inheritdoc />
    public async Task<BinaryData?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await container.GetBlobClient(name).DownloadContentAsync(cancellationToken)).Value.Content;
        }
        catch (RequestFailedException missing) when (IsMissing(missing))
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await container.GetBlobClient(name).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
        }
        catch (RequestFailedException missing) when (IsMissing(missing))
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var properties = await container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellationToken);
            return properties.Value.ContentLength;
        }
        catch (RequestFailedException missing) when (IsMissing(missing))
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ArchivedObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var blobs = container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(blobs))
        {
            yield return new ArchivedObject(blobs.Current.Name, blobs.Current.Properties.ContentLength ?? 0);
        }
    }

    /// <inheritdoc />
    public async Task<ArchivePage> ListPageAsync(string folder, string? cursor, int limit, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var page in container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", folder, cancellationToken)
                .AsPages(cursor, limit))
            {
                var names = page.Values.Select(item => (item.IsPrefix ? item.Prefix : item.Blob.Name)[folder.Length..]).ToList();

                // The service may give an empty page on the way.
                if (names.Count > 0 || string.IsNullOrEmpty(page.ContinuationToken))
                {
                    return new ArchivePage(names, string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken);
                }
            }
        }
        catch (RequestFailedException refused) when (cursor is not null && refused.Status == 400)
        {
            throw new ArgumentException("Not a cursor of this store.", nameof(cursor), refused);
        }
        catch (RequestFailedException missing) when (IsMissing(missing))
        {
            // As below.
        }

        return new ArchivePage([], null);
    }

    /// <inheritdoc />
    public Task ReplaceAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
        => container.GetBlobClient(name).UploadAsync(
            content,
            new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = contentType } },
            cancellationToken);

    /// <inheritdoc />
    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
        => await container.GetBlobClient(name).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken);

    /// <inheritdoc />
    public async Task<bool> DeleteIfUnchangedAsync(string name, BinaryData content, CancellationToken cancellationToken)
    {
        try
        {
            var blob = container.GetBlobClient(name);
            var stored = (await blob.DownloadContentAsync(cancellationToken)).Value;
            if (!stored.Content.ToMemory().Span.SequenceEqual(content.ToMemory().Span))
            {
                return false;
            }

            var conditions = new BlobRequestConditions { IfMatch = stored.Details.ETag };
            return await blob.DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, conditions, cancellationToken);
        }
        catch (RequestFailedException changed) when (IsMissing(changed) || changed.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            return false;
        }
    }

    private static bool IsMissing(RequestFailedException failure)
        => failure.ErrorCode == BlobErrorCode.BlobNotFound || failure.ErrorCode == BlobErrorCode.ContainerNotFound;

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<BlobItem> blobs)
    {
        try
        {
            return await blobs.MoveNextAsync();
        }
        catch (RequestFailedException missing) when (IsMissing(missing))
        {
            return false;
        }
    }
}
