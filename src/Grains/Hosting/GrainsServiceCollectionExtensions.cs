using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TtsGrains.Archive;
using TtsGrains.Archive.Removal;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Contexts.Admission;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Contexts.Ownership;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Health;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Operations;
using TtsGrains.Grains.Pronunciations;
using TtsGrains.Grains.Quotas;
using TtsGrains.Grains.Tenants;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Tenants.Stored;

namespace TtsGrains.Grains.Hosting;

public static class GrainsServiceCollectionExtensions
{
    /// <summary>
    /// What a host needs of the grains, as its place in the cluster wants it: alone or as a member it hosts them, with upstreams, archive and all;
    /// as a client it calls them, and reads the archive.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="dataDirectory">Where archive and spool are kept unless they are told otherwise.</param>
    /// <param name="cluster">The host's place in the cluster.</param>
    public static void AddGrains(this IHostApplicationBuilder builder, string dataDirectory, ClusterSettings cluster)
    {
        builder.Services.AddSingleton(cluster);
        builder.Services.Configure<ArchiveOptions>(archive =>
        {
            archive.Path = Path.Combine(dataDirectory, "archive");
            archive.SpoolPath = Path.Combine(dataDirectory, "spool");
            archive.Encryption.KeyPath = Path.Combine(dataDirectory, "archive-keys");
            archive.IsShared = cluster.Mode != ClusterMode.Single;
        });
        if (cluster.Mode == ClusterMode.Client)
        {
            builder.AddGrainClient(dataDirectory, cluster);
        }
        else
        {
            builder.AddGrainSilo(dataDirectory, cluster);
        }

        builder.AddStoredTenants();
    }

    private static void AddGrainSilo(this IHostApplicationBuilder builder, string dataDirectory, ClusterSettings cluster)
    {
        // The archive before Orleans: hosted services stop in reverse order, and the grains hand over until they are gone.
        builder.Services.AddArchive();
        builder.Services.AddSingleton<IRetentionPolicy, TenantRetention>();
        builder.Services.AddSingleton<IStopTime, ArchiveStopTime>();
        builder.AddOrleans(dataDirectory, cluster);
        builder.Services.AddGrains(builder.Configuration);
        builder.Services.AddSingleton<IHostHealth, SiloHealth>();
        builder.Services.AddSingleton<IHostReportPart, SiloReportPart>();
    }

    private static void AddGrainClient(this IHostApplicationBuilder builder, string dataDirectory, ClusterSettings cluster)
    {
        builder.Services.AddSingleton<ClusterGateways>();
        builder.Services.AddArchiveReading();
        builder.AddOrleans(dataDirectory, cluster);
        builder.Services.AddGrainCallers();
        builder.Services.AddSingleton<IHostHealth, ClientHealth>();
    }

    // After Orleans: the first of them are asked for when it has started. Before everything else of the configuration, which wins.
    private static void AddStoredTenants(this IHostApplicationBuilder builder)
    {
        var tenants = new StoredTenants();
        builder.Configuration.Sources.Insert(0, tenants);
        builder.Services.AddSingleton(tenants);
        builder.Services.AddSingleton(new TenantRules(ShareRules.Check));
        builder.Services.AddSingleton<StoredTenantsWatcher>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<StoredTenantsWatcher>());
    }

    // All that the grains need beside their archive and Orleans, which must have been added before.
    private static void AddGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddGrainCallers();
        services.AddSingleton<ISiloMembership, SiloMembership>();
        services.AddUpstreams(configuration);
        services.AddSingleton<UpstreamDicts>();
        services.AddSingleton<TenantRoom>();
        services.AddSingleton<AttemptServices>();
        services.AddSingleton<ContextServices>();
        services.AddSingleton<LocalContexts>();
        services.AddSingleton<ILocalContexts>(provider => provider.GetRequiredService<LocalContexts>());
        services.AddHostedService(provider => provider.GetRequiredService<RetentionSweeper>());
        services.AddHostedService<TenantLeases>();
        services.AddHostedService<ArchiveChangeReporter>();
        services.AddHostedService<UsagePackingScheduler>();
    }

    // What those need who call grains, from their own process or from another. The logs of contexts elsewhere are not here.
    private static void AddGrainCallers(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<ContextInstruments>();
        services.TryAddSingleton<TenantInstruments>();
        services.TryAddSingleton<UpstreamInstruments>();
        services.TryAddSingleton<RecentErrors>();
        services.TryAddSingleton<ContextTelemetryFactory>();
        services.AddWarmUpTenant();
        services.TryAddSingleton<TenantAdmission>();
        services.AddHostedService<HostReporter>();
        services.AddContexts();
    }

    // No key is its: the host that warms its path lets itself in.
    private static void AddWarmUpTenant(this IServiceCollection services)
    {
        services.TryAddSingleton<WarmUpState>();
        services.AddOptions<TenantOptions>(ContextKey.WarmUpTenant).Configure(tenant =>
        {
            tenant.Archive = ArchiveSwitch.Off;
            tenant.Upstreams.Add(UpstreamOptions.WarmUp);
        });
    }

    private static void AddContexts(this IServiceCollection services)
    {
        services.AddOptions<ContextOptions>().BindConfiguration(ContextOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<ContextLogs>();
        services.TryAddSingleton<SiloDrain>();
    }

    private static void AddUpstreams(this IServiceCollection services, IConfiguration configuration)
    {
        var sections = configuration.GetSection(UpstreamOptions.Section);
        string[] names = [.. sections.GetChildren().Select(section => section.Key).DefaultIfEmpty(UpstreamOptions.Main)];
        foreach (var name in names)
        {
            services.AddOptions<UpstreamOptions>(name).Bind(sections.GetSection(name)).ValidateOnStart();
        }

        services.AddOptions<UpstreamOptions>(UpstreamOptions.WarmUp)
            .Configure<WarmUpState>((options, warmUp) => options.Url = warmUp.Upstream?.ToString() ?? "");
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UpstreamOptions>, UpstreamOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TenantOptions>>(new TenantUpstreamsValidator([.. names, UpstreamOptions.WarmUp])));
        services.TryAddSingleton(provider => new UpstreamCatalogue(
            names, provider.GetRequiredService<IOptionsMonitor<UpstreamOptions>>(), provider.GetRequiredService<IOptionsMonitor<TenantOptions>>()));
        services.TryAddSingleton<TenantShares>();
        services.TryAddSingleton<UpstreamPool>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UpstreamPool>(provider => provider.GetRequiredService<UpstreamPool>()));
    }
}
