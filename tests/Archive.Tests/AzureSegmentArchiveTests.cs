using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using TtsGrains.Archive.Stores;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>The contract on a real blob service.</summary>
[Collection(SharedAzurite.Name)]
public sealed class AzureSegmentArchiveTests : SegmentArchiveContract, IAsyncLifetime
{
    private readonly Azurite _azurite;
    private readonly BlobContainerClient _container;
    private readonly AzureSegmentArchive _archive;

    public AzureSegmentArchiveTests(Azurite azurite)
    {
        _azurite = azurite;
        _container = new BlobContainerClient(azurite.ConnectionString, "contract");
        _archive = new AzureSegmentArchive(_container);
    }

    protected override ISegmentArchive Archive => _archive;

    public async ValueTask InitializeAsync() => await _archive.PrepareAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Read_ContainerNotMadeYet_HasNothing()
    {
        var archive = new AzureSegmentArchive(new BlobContainerClient(_azurite.ConnectionString, $"none-{Guid.NewGuid():N}"));

        Assert.Null(await archive.OpenReadAsync("a", Token));
        Assert.Null(await archive.GetLengthAsync("a", Token));
        Assert.False(await archive.DeleteAsync("a", Token));
        Assert.Empty((await archive.ListPageAsync("a/", null, 10, Token)).Names);
        await foreach (var found in archive.ListAsync("", Token))
        {
            Assert.Fail($"There is {found.Name}.");
        }
    }

    [Fact]
    public async Task DeleteIfUnchanged_ReplacedAfterItWasCompared_Stays()
    {
        var name = $"{Guid.NewGuid():N}/1.json";
        await _archive.ReplaceAsync(name, new MemoryStream("first"u8.ToArray()), "application/json", Token);
        var options = new BlobClientOptions();
        options.AddPolicy(new BeforeDelete(() => _container.GetBlobClient(name).Upload(new BinaryData("other"), overwrite: true)), HttpPipelinePosition.PerCall);
        var archive = new AzureSegmentArchive(new BlobContainerClient(_azurite.ConnectionString, _container.Name, options));

        Assert.False(await archive.DeleteIfUnchangedAsync(name, new BinaryData("first"), Token));

        Assert.Equal("other", (await _archive.ReadAsync(name, Token))?.ToString());
    }

    [Fact]
    public async Task Write_ContentType_IsKept()
    {
        using var content = new MemoryStream([1]);
        var name = $"{Guid.NewGuid():N}/1.wav";

        await _archive.WriteAsync(name, content, Wav.ContentType, Token);

        var properties = await _container.GetBlobClient(name).GetPropertiesAsync(cancellationToken: Token);
        Assert.Equal("audio/wav", properties.Value.ContentType);
    }

    private sealed class BeforeDelete(Action action) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Delete)
            {
                action();
            }
        }
    }
}
