using Azure.Storage.Blobs;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Stores;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests.Encryption;

/// <summary>The contract on encrypted files.</summary>
public sealed class EncryptedFileArchiveTests : SegmentArchiveContract, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("archive-");
    private readonly EncryptedArchive _archive;

    public EncryptedFileArchiveTests()
        : base("sessions/")
        => _archive = TestKeys.Encrypt(new FileSegmentArchive(_folder.FullName, TimeProvider.System));

    protected override ISegmentArchive Archive => _archive;

    public async ValueTask InitializeAsync() => await _archive.PrepareAsync(Token);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    protected override long StoredLength(int content) => EncryptedChunks.StoredLength(content);
}

/// <summary>The contract on encrypted blobs.</summary>
[Collection(SharedAzurite.Name)]
public sealed class EncryptedAzureArchiveTests(Azurite azurite) : SegmentArchiveContract("sessions/"), IAsyncLifetime
{
    private readonly EncryptedArchive _archive = TestKeys.Encrypt(new AzureSegmentArchive(new BlobContainerClient(azurite.ConnectionString, "encrypted")));

    protected override ISegmentArchive Archive => _archive;

    public async ValueTask InitializeAsync() => await _archive.PrepareAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override long StoredLength(int content) => EncryptedChunks.StoredLength(content);
}
