using Azure.Storage.Blobs;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Tests.Encryption;
using TtsGrains.Archive.Usage;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>Usage records are packed in a real blob service, and in files, beside encrypted speech or not.</summary>
[Collection(SharedAzurite.Name)]
public sealed class AzureUsagePackerTests(Azurite azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Blobs_Packed_HaveTheSameRecords(bool isEncrypted)
        => PackAsync(new AzureSegmentArchive(new BlobContainerClient(azurite.ConnectionString, $"usage-{Guid.NewGuid():N}")), isEncrypted);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_Packed_HaveTheSameRecords(bool isEncrypted)
    {
        var folder = Directory.CreateTempSubdirectory("usage-");
        try
        {
            await PackAsync(new FileSegmentArchive(folder.FullName, TimeProvider.System), isEncrypted);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task PackAsync(ISegmentArchive store, bool isEncrypted)
    {
        var archive = isEncrypted ? TestKeys.Encrypt(store) : store;
        await archive.PrepareAsync(Token);
        var usage = new UsageStore(archive);
        await usage.WriteOldAsync(Enumerable.Range(0, 40).Select(i => usage.Record($"{i}")));
        var before = await usage.ReadAsync();

        Assert.Equal(["acme"], await new UsageTenants(archive).ListAsync(Token).ToListAsync(Token));
        Assert.Equal(40, await usage.Packer.PackAsync(Token));
        await usage.Ledger.WriteAsync(usage.Record("0"), Token);
        await usage.Ledger.WriteAsync(usage.Record("1") with { ProcessEnded = true }, Token);

        Assert.Equal(0, await usage.CreatePacker().PackAsync(Token));
        Assert.Empty(await usage.ListAsync(".json"));
        Assert.Single(await usage.ListAsync(".jsonl"));
        Assert.Equal(before, await usage.ReadAsync());
    }
}
