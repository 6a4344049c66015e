using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Providers;
using Orleans.Streams;
using TtsGrains.PushStreams.Diagnostics;
using TtsGrains.PushStreams.Hosting;
using TtsGrains.PushStreams.Queues;

namespace TtsGrains.PushStreams;

/// <summary>Adds push streams to silos and clients.</summary>
public static class PushStreamHostingExtensions
{
    // Only for the moment in which an agent may not read: between the first event of a new stream and the answer who subscribed to it.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Adds a push stream provider to this silo. Subscriptions are explicit ones, kept in the grain storage <c>PubSubStore</c>, or one of the provider's name.
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The provider's name, the same on all silos and clients.</param>
    /// <param name="configure">Changes the settings.</param>
    /// <param name="configureStreams">Changes what Orleans itself lets be changed: filters, the balancing of queues, and so on.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddPushStreams(
        this ISiloBuilder builder,
        string name,
        Action<PushStreamOptions>? configure = null,
        Action<ISiloPersistentStreamConfigurator>? configureStreams = null)
    {
        builder.ConfigureServices(services =>
        {
            services.AddPushStreams<SiloMessagingOptions>(name, configure);
            services.TryAddEnumerable(ServiceDescriptor.Singleton<ILifecycleParticipant<ISiloLifecycle>, PushQueueHandOver>());
        });
        return builder.AddPersistentStreams(name, PushStreamAdapterFactory.Create, streams =>
        {
            streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);
            streams.Configure<StreamPullingAgentOptions>(agents => agents
                .Configure<IOptionsMonitor<PushStreamOptions>>((agent, options) =>
                {
                    agent.GetQueueMsgsTimerPeriod = Tick;
                    agent.MaxEventDeliveryTime = options.Get(name).DeliveryTimeout;
                }));
            streams.ConfigureBackoffProvider((_, _) => (IMessageDeliveryBackoffProvider)new PushStreamBackoff());
            streams.ConfigureBackoffProvider((_, _) => (IQueueReaderBackoffProvider)new PushStreamBackoff());
            configureStreams?.Invoke(streams);
        });
    }

    /// <summary>Adds a push stream provider to this client, which can then publish and subscribe.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="name">The provider's name, the same on all silos and clients.</param>
    /// <param name="configure">Changes the settings. <see cref="PushStreamOptions.QueueCount"/> must be as on the silos; what is about agents has no effect here.</param>
    /// <param name="configureStreams">Changes what Orleans itself lets be changed.</param>
    /// <returns>The client.</returns>
    public static IClientBuilder AddPushStreams(
        this IClientBuilder builder,
        string name,
        Action<PushStreamOptions>? configure = null,
        Action<IClusterClientPersistentStreamConfigurator>? configureStreams = null)
    {
        builder.ConfigureServices(services => services.AddPushStreams<ClientMessagingOptions>(name, configure));
        return builder.AddPersistentStreams(name, PushStreamAdapterFactory.Create, streams =>
        {
            streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);
            configureStreams?.Invoke(streams);
        });
    }

    private static void AddPushStreams<TMessaging>(this IServiceCollection services, string name, Action<PushStreamOptions>? configure)
        where TMessaging : MessagingOptions
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LocalPushQueues>();
        services.TryAddSingleton<PushStreamInstruments>();
        services.AddOptions<PushStreamOptions>(name).Configure(options => configure?.Invoke(options));
        services.AddSingleton(provider => PushStreamOptionsValidator.Create(
            provider, name, provider.GetRequiredService<IOptions<TMessaging>>().Value.ResponseTimeout));
    }
}
