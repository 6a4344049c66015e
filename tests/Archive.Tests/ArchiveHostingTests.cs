using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Writing;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>From configuration to a stored segment.</summary>
[Collection(SharedAzurite.Name)]
public sealed class ArchiveHostingTests(Azurite azurite)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_WithAzure_CreatesTheContainerAndStores()
    {
        var container = $"tts-{Guid.NewGuid():N}";
        using var host = HostWith(("Kind", "azure"), ("ConnectionString", azurite.ConnectionString), ("Container", container));
        await host.StartAsync(Token);

        await SpeakAsync(host);
        await host.StopAsync(Token);

        var blobs = new BlobContainerClient(azurite.ConnectionString, container);
        var names = new List<string>();
        await foreach (var blob in blobs.GetBlobsAsync(cancellationToken: Token))
        {
            names.Add(blob.Name);
        }

        Assert.Equal(["acme/days/2026-03-04/251629707232999-call", "acme/sessions/call/0001-hello/1.wav", "acme/sessions/call/0001-hello/manifest.json"], names.SkipLast(1));
        Assert.StartsWith("acme/usage/2026-03-04/", names[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_WithFiles_Stores()
    {
        var folder = Directory.CreateTempSubdirectory("archive-");
        try
        {
            using var host = HostWith(("Kind", "files"), ("Path", folder.FullName));
            await host.StartAsync(Token);

            await SpeakAsync(host);
            await host.StopAsync(Token);

            Assert.True(File.Exists(Path.Combine(folder.FullName, "acme/sessions/call/0001-hello/manifest.json")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Host_WithBadSettings_RefusesToStartAndNamesEach()
    {
        using var host = HostWith(
            ("Kind", "azure"), ("ConnectionString", "AccountKey=c2VjcmV0;Nonsense"), ("Container", "Not Valid"), ("Parallelism", "0"), ("MaxPendingBytes", "1"),
            ("FirstRetryDelay", "00:01:00"), ("LongestRetryDelay", "00:00:01"), ("DrainTimeout", "-00:00:01"));

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        string[] named =
            ["ConnectionString", "Container", "Parallelism", "MaxPendingBytes", "LongestRetryDelay", "DrainTimeout"];
        Assert.All(named, setting => Assert.Contains($"Archive:{setting}", refusal.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("c2VjcmV0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_WithUnknownKind_RefusesToStartAndNamesIt()
    {
        using var host = HostWith(("Kind", "tape"));

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Token));

        Assert.Contains("Archive:Kind", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddArchive_Twice_RegistersOneWriterThatIsAlsoTheHostedService()
    {
        using var host = HostWith(("Kind", "files"));

        var hosted = Assert.Single(host.Services.GetServices<IHostedService>().OfType<ArchiveWriter>());

        Assert.Same(host.Services.GetRequiredService<ArchiveWriter>(), hosted);
    }

    private static async Task SpeakAsync(IHost host)
    {
        var writer = host.Services.GetRequiredService<ArchiveWriter>();
        var recorder = writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.ContextFinished(WriterFixture.Summary());
        await writer.WhenIdleAsync(Token);
    }

    private static IHost HostWith(params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => $"{ArchiveOptions.Section}:{s.Key}", s => (string?)s.Value));
        builder.Services.AddArchive();
        builder.Services.AddArchive();
        return builder.Build();
    }
}
