using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Health;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Infra.Tests.Monitoring;

/// <summary>All instruments of the service, each of which records something.</summary>
internal static class ServiceInstruments
{
    public static void Add(IServiceCollection services) => services.AddMetrics()
        .AddSingleton<ContextInstruments>()
        .AddSingleton<TenantInstruments>()
        .AddSingleton<UpstreamInstruments>()
        .AddSingleton<ArchiveInstruments>()
        .AddSingleton<ListenerInstruments>()
        .AddSingleton<SocketInstruments>()
        .AddSingleton<HostInstruments>()
        .AddSingleton<IHostHealth, ReadyHealth>();

    public static void Record(IServiceProvider services)
    {
        services.GetRequiredService<HostInstruments>();
        services.GetRequiredService<ArchiveInstruments>().Watch(() => default, spoolLimit: 1);
        Record(services.GetRequiredService<ContextInstruments>());
        services.GetRequiredService<TenantInstruments>().MonthUsed("acme", 1);
        services.GetRequiredService<TenantInstruments>().MonthAlarm("acme");
        services.GetRequiredService<TenantInstruments>().ArchiveUsed("acme", 1);
        services.GetRequiredService<TenantInstruments>().ArchiveAlarm("acme");
        Record(services.GetRequiredService<UpstreamInstruments>());
        Record(services.GetRequiredService<ListenerInstruments>());
        services.GetRequiredService<SocketInstruments>().Silenced(TimeSpan.FromSeconds(1));
    }

    private static void Record(ContextInstruments contexts)
    {
        var tenant = ContextInstruments.Tag("tenant", "acme");
        contexts.Activated();
        contexts.Reopened();
        contexts.Ended(nameof(ContextOutcome.Done), tenant);
        contexts.Used(1, TimeSpan.FromSeconds(1), tenant);
        contexts.Seam("main", SeamKind.Word, "silo_lost");
        contexts.FirstAudio(TimeSpan.FromSeconds(1), TimeSpan.Zero, tenant);
        contexts.Chunk(new LateChunk(TimeSpan.FromSeconds(1), PauseCause.Upstream), tenant);
    }

    private static void Record(UpstreamInstruments upstreams)
    {
        upstreams.Watch(
            () => [new UpstreamHealth("main", BreakerState.Closed, Sockets: 1, SlotsTaken: 1, Fault: null)], () => 1, () => [new LeaseCount("main", Held: 1, Pending: 1)]);
        upstreams.ConnectionOpened("main");
        upstreams.FrameDropped("main", FrameDrop.Garbage);
        upstreams.SlotWaited("main", "granted", TimeSpan.Zero);
        upstreams.AttemptSpoke("main", TimeSpan.Zero);
        upstreams.AttemptEnded("main", "upstream_lost", TimeSpan.Zero);
    }

    private static void Record(ListenerInstruments listeners)
    {
        listeners.Joined();
        listeners.Rendered();
        listeners.Sent();
        listeners.Overflowed();
        listeners.Gap();
        listeners.Waited(Pauses.Shortest, PauseCause.Archive);
        listeners.Lagged(TimeSpan.Zero);
    }

    private sealed class ReadyHealth : IHostHealth
    {
        public bool IsReady => true;

        public HostHealth Report() => new(Ready: true);
    }
}
