using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TtsGrains.Engine.Tests.Grains;

namespace TtsGrains.Engine.Tests.Hosting;

/// <summary>A host with one silo of whichever engine this project was built on.</summary>
public sealed class EngineHost : IAsyncDisposable
{
    private readonly IHost _host;

    private EngineHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public IClusterClient Client => Services.GetRequiredService<IClusterClient>();

    public static async Task<EngineHost> StartAsync(Action<ISiloBuilder>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddScoped<ScopedThing>();
        builder.UseOrleans(silo =>
        {
            EngineHosting.Configure(silo);
            silo.AddMemoryGrainStorage("store");
            silo.AddMemoryGrainStorageAsDefault();
            silo.AddMemoryStreams("streams");
            configure?.Invoke(silo);
        });
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new EngineHost(host);
    }

    public T Grain<T>(string? key = null)
        where T : IGrainWithStringKey
        => Grains.GetGrain<T>(key ?? Guid.NewGuid().ToString("N"));

    public Task StopAsync() => _host.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }
}
