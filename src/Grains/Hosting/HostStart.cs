using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Health;

namespace TtsGrains.Grains.Hosting;

/// <summary>How every host of the service comes up: settings first, then the cluster, then itself, then its upstream.</summary>
public static class HostStart
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Starts the host. Until its cluster can be joined it says so on its port.</summary>
    /// <param name="app">The host.</param>
    /// <param name="defaultPort">Where it listens unless it is told otherwise.</param>
    /// <exception cref="SettingsException">A setting of the cluster is wrong.</exception>
    /// <exception cref="OptionsValidationException">Another setting is wrong.</exception>
    public static async Task StartInClusterAsync(this WebApplication app, int defaultPort)
    {
        // The host would do this too, but log what it finds with a stack trace.
        app.Services.GetService<IStartupValidator>()?.Validate();
        app.Services.ExtendStopTimeout();
        await app.WaitForClusterAsync(defaultPort);
        await app.StartAsync();
    }

    /// <summary>Completes when contexts can be spoken through the host, or when it is to stop.</summary>
    /// <returns>Whether they can.</returns>
    public static async Task<bool> WhenReadyAsync(this WebApplication app)
    {
        var health = app.Services.GetRequiredService<IHostHealth>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        while (!health.IsReady && !app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await Task.Delay(Glance, time, app.Lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return health.IsReady;
    }

    /// <summary>Where the host listens for HTTP or HTTPS; null when it does not.</summary>
    /// <param name="app">The host, started.</param>
    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    /// <param name="isLast">Gets the last address of that scheme instead of the first.</param>
    public static string? FindAddress(this WebApplication app, string scheme, bool isLast = false)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses
            .Where(address => address.StartsWith(scheme + ':', StringComparison.Ordinal));
        return isLast ? addresses?.LastOrDefault() : addresses?.FirstOrDefault();
    }

    private static async Task WaitForClusterAsync(this WebApplication app, int defaultPort)
    {
        if (app.Services.GetService<ClusterConnection>() is not { } entrance)
        {
            return;
        }

        await using var room = new StartupProbeServer(app.Configuration.GetListenAddress(), app.Configuration.GetHttpPort(defaultPort));
        await entrance.WaitAsync(room.SayAsync, CancellationToken.None);
        if (room.Port is { } port)
        {
            app.Configuration.SetHttpPort(port);
        }
    }
}
