using Azure.Storage.Blobs;
using TtsGrains.Grains.Archive;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Archive;

/// <summary>The contract on a real blob service.</summary>
[Collection(SharedAzurite.Name)]
public sealed class AzureSegmentArchiveTests : SegmentArchiveContract, IAsyncLifetime
{
    private readonly BlobContainerClient _container;
    private readonly AzureSegmentArchive _archive;

    public AzureSegmentArchiveTests(Azurite azurite)
    {
        _container = new BlobContainerClient(azurite.ConnectionString, "contract");
        _archive = new AzureSegmentArchive(_container);
    }

    protected override ISegmentArchive Archive => _archive;

    public async ValueTask InitializeAsync() => await _archive.PrepareAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Write_ContentType_IsKept()
    {
        using var content = new MemoryStream([1]);
        var name = $"{Guid.NewGuid():N}/1.wav";

        await _archive.WriteAsync(name, content, Wav.ContentType, Token);

        var properties = await _container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: Token);
        Assert.Equal("audio/wav", properties.Value.ContentType);
    }
}
