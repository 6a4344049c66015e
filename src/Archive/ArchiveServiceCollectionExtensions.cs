using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Audit;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Removal;
using TtsGrains.Archive.Sessions;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Archive.Writing;

namespace TtsGrains.Archive;

public static class ArchiveServiceCollectionExtensions
{
    /// <summary>
    /// The archive and its writer, by the section <c>Archive</c> of the configuration. Register it before what speaks: hosted services stop in reverse
    /// order, and the writer must outlive those who hand over to it.
    /// </summary>
    public static IServiceCollection AddArchive(this IServiceCollection services)
    {
        services.AddArchiveReading();
        services.TryAddSingleton(provider => new ArchiveWriter(
            provider.GetRequiredService<ISegmentArchive>(),
            provider.GetRequiredService<ArchiveCipher>(),
            provider.GetRequiredService<IOptions<ArchiveOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ArchiveWriter>>(),
            provider.GetService<ArchiveInstruments>(),
            provider.GetRequiredService<ArchiveChanges>(),
            provider.GetRequiredService<UsageLedger>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ArchiveWriter>(provider => provider.GetRequiredService<ArchiveWriter>()));
        services.TryAddSingleton<SessionRemoval>();
        services.TryAddSingleton<SessionRecordWriter>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SessionRecordWriter>(provider => provider.GetRequiredService<SessionRecordWriter>()));
        services.TryAddSingleton<RetentionSweeper>();
        services.TryAddSingleton<ArchiveInstruments>();
        services.TryAddSingleton<ArchiveChanges>();
        services.TryAddSingleton<ArchiveMeasure>();
        services.TryAddSingleton<UsageTenants>();
        return services;
    }

    /// <summary>The archive without its writer: to read it, and to erase from it what others wrote.</summary>
    public static IServiceCollection AddArchiveReading(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ArchiveOptions>().BindConfiguration(ArchiveOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ArchiveOptions>, ArchiveOptionsValidator>());
        services.TryAddSingleton(provider => new ArchiveStore(CreateStore(provider)));
        services.TryAddSingleton(CreateKeys);
        services.TryAddSingleton(CreateCipher);
        services.TryAddSingleton<ISegmentArchive>(
            provider => new EncryptedArchive(provider.GetRequiredService<ArchiveStore>().Store, provider.GetRequiredService<ArchiveCipher>()));
        services.TryAddSingleton(provider => new ArchiveKeys(
            provider.GetRequiredService<ArchiveCipher>(),
            provider.GetRequiredService<ISegmentArchive>(),
            provider.GetRequiredService<AuditTrail>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(CreateSecrets);
        services.TryAddSingleton<SessionArchive>();
        services.TryAddSingleton<UsageLedger>();
        services.TryAddSingleton<SessionEraser>();
        services.TryAddSingleton<AuditTrail>();
        services.TryAddSingleton<AuditReader>();
        return services;
    }

    private static TenantKeys CreateKeys(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ArchiveOptions>>().Value.Encryption;
        var time = provider.GetRequiredService<TimeProvider>();
        var store = options.Keys == KeyLocation.Files ? new FileSegmentArchive(options.KeyPath, time) : provider.GetRequiredService<ArchiveStore>().Store;
        return new TenantKeys(store, MasterKeys.Read(options), time);
    }

    private static ArchiveCipher CreateCipher(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ArchiveOptions>>().Value.Encryption;
        return new ArchiveCipher(provider.GetRequiredService<TenantKeys>(), options.Mode == EncryptionMode.On, options.AcceptPlain);
    }

    private static SharedSecrets CreateSecrets(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ArchiveOptions>>().Value.Encryption;
        var master = MasterKeys.Read(options) ?? throw new InvalidOperationException("Secrets are shared with a master key only.");
        return new SharedSecrets(provider.GetRequiredService<ArchiveStore>().Store, master);
    }

    private static ISegmentArchive CreateStore(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ArchiveOptions>>().Value;
        return options.Kind switch
        {
            ArchiveKind.Files => new FileSegmentArchive(options.Path, provider.GetRequiredService<TimeProvider>()),
            ArchiveKind.Azure => new AzureSegmentArchive(CreateContainer(provider, options)),
            _ => throw new InvalidOperationException($"{ArchiveOptions.Section}:{nameof(options.Kind)} is {options.Kind}; it must be files or azure."),
        };
    }

    // Without a secret, who we are is what the machine says: a managed identity, the identity of a pod, or the user who is logged in.
    private static BlobContainerClient CreateContainer(IServiceProvider provider, ArchiveOptions options)
    {
        if (options.ServiceUri is not { } account)
        {
            return new BlobContainerClient(options.ConnectionString, options.Container, Impatient());
        }

        var credential = provider.GetService<TokenCredential>() ?? new DefaultAzureCredential();
        var client = Impatient();
        client.Transport = provider.GetService<HttpPipelineTransport>() ?? client.Transport;
        return new BlobServiceClient(account, credential, client).GetBlobContainerClient(options.Container);
    }

    // The writer retries and logs; the client's own retries only bridge short failures.
    private static BlobClientOptions Impatient() => new()
    {
        Retry = { Mode = RetryMode.Exponential, MaxRetries = 1, NetworkTimeout = TimeSpan.FromSeconds(30) },
    };
}
