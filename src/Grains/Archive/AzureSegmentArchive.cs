using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace TtsGrains.Grains.Archive;

/// <summary>The archive as block blobs of one container in Azure Blob Storage, or in Azurite.</summary>
public sealed class AzureSegmentArchive(BlobContainerClient container) : ISegmentArchive
{
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
    public async Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await container.GetBlobClient(name).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.BlobNotFound)
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
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ArchivedObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken))
        {
            yield return new ArchivedObject(blob.Name, blob.Properties.ContentLength ?? 0);
        }
    }
}
