using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.Grains.Hosting;

public static class GrainsServiceCollectionExtensions
{
    /// <summary>
    /// The archive that the grains hand over to. Before the engine: hosted services stop in reverse order, and the grains hand over until they
    /// are gone.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="dataDirectory">Where the archive is kept unless it is told otherwise.</param>
    public static IServiceCollection AddGrainArchive(this IServiceCollection services, string dataDirectory)
        => services.Configure<ArchiveOptions>(archive =>
        {
            archive.Path = Path.Combine(dataDirectory, "archive");
            archive.SpoolPath = Path.Combine(dataDirectory, "spool");
        }).AddArchive();

    /// <summary>All that the grains need beside their archive and their engine, which must have been added before.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration.</param>
    public static IServiceCollection AddGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<TtsInstruments>();
        services.AddContexts();
        services.AddUpstreams(configuration);
        services.AddHostedService(provider => provider.GetRequiredService<RetentionSweeper>());
        services.AddHostedService<TenantLeases>();
        return services;
    }

    private static void AddContexts(this IServiceCollection services)
    {
        services.AddOptions<ContextOptions>().BindConfiguration(ContextOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<ContextLogs>();
    }

    private static void AddUpstreams(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<UpstreamOptions>(UpstreamOptions.Main)
            .Bind(configuration.GetSection($"{UpstreamOptions.Section}:{UpstreamOptions.Main}"))
            .ValidateDataAnnotations()
            .Validate(
                upstream => Uri.TryCreate(upstream.Url, UriKind.Absolute, out var url) && (url.Scheme is "ws" or "wss"),
                $"{UpstreamOptions.Section}:{UpstreamOptions.Main}:{nameof(UpstreamOptions.Url)} must be a WebSocket address, such as wss://api.cartesia.ai/tts/websocket.")
            .ValidateOnStart();
        services.TryAddSingleton<UpstreamPool>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, UpstreamPool>(provider => provider.GetRequiredService<UpstreamPool>()));
    }
}
