using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Diagnostics;

namespace TtsGrains.Grains.Hosting;

public static class GrainsServiceCollectionExtensions
{
    /// <summary>All that the grains need beside their engine, which must have been added before.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <param name="dataDirectory">Where the archive is kept unless it is told otherwise.</param>
    public static IServiceCollection AddGrains(this IServiceCollection services, IConfiguration configuration, string dataDirectory)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<TtsInstruments>();
        services.Configure<ArchiveOptions>(archive => archive.Path = Path.Combine(dataDirectory, "archive"));
        services.AddArchive();
        services.AddContexts();
        services.AddUpstreams(configuration);
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
