using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Streams;
using Orleans.Streams.Filtering;
using TtsGrains.PushStreams.Diagnostics;
using TtsGrains.PushStreams.Queues;

namespace TtsGrains.PushStreams;

/// <summary>Makes one provider's adapter, in silos and in clients.</summary>
internal sealed class PushStreamAdapterFactory(ProviderParts parts, IServiceProvider services) : IQueueAdapterFactory
{
    private readonly HashRingBasedStreamQueueMapper _mapper = new(
        new HashRingStreamQueueMapperOptions { TotalQueueCount = parts.Options.QueueCount }, parts.Name);

    private PushStreamAdapter? _adapter;

    private PushStreamAdapter Adapter => _adapter ??= ActivatorUtilities.CreateInstance<PushStreamAdapter>(services, parts, (IStreamQueueMapper)_mapper);

    public static IQueueAdapterFactory Create(IServiceProvider services, string name)
    {
        var parts = new ProviderParts(
            name,
            services.GetRequiredService<IOptionsMonitor<PushStreamOptions>>().Get(name),
            services.GetRequiredService<LocalPushQueues>(),
            services.GetService<ILocalSiloDetails>()?.SiloAddress,
            services.GetKeyedService<IStreamFilter>(name) is not null,
            services.GetRequiredService<PushStreamInstruments>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILoggerFactory>());
        return new PushStreamAdapterFactory(parts, services);
    }

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(Adapter);

    public IQueueAdapterCache GetQueueAdapterCache() => Adapter;

    public IStreamQueueMapper GetStreamQueueMapper() => _mapper;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId)
        => Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());
}
