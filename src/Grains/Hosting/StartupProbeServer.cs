using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TtsGrains.Grains.Health;

namespace TtsGrains.Grains.Hosting;

/// <summary>
/// Stands in for a host that cannot start yet, on its port: alive, not ready, and why. So an orchestrator lets it wait instead of starting it again and
/// again.
/// </summary>
public sealed class StartupProbeServer(IPAddress address, int port) : IAsyncDisposable
{
    private readonly int _port = port;
    private WebApplication? _app;
    private volatile HostHealth _health = new(Ready: false);

    /// <summary>Where it answers: the port it was given, or the one it took; null while it is closed.</summary>
    public int? Port { get; private set; }

    /// <summary>Opens when it is closed, and says from now on what is waited for.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task SayAsync(string why)
    {
        _health = new HostHealth(Ready: false) { WaitingFor = why };
        if (_app is not null)
        {
            return;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, _port);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
        Port = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }

    // Signals are for the process, which ends by them while it waits.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private Task AnswerAsync(HttpContext http) => http.Request.Path == HealthEndpoints.Live
        ? http.Response.WriteAsync(HealthEndpoints.LiveText, http.RequestAborted)
        : HealthEndpoints.AnswerAsync(http.Response, _health);
}
