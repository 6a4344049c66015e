using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TtsGrains.ApiHost.Tls;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace TtsGrains.ApiHost.Tests.Browsers;

/// <summary>YARP with TLS in front of a service, as it is configured by default but for the certificate and the version that it asks the service for.</summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ReverseProxy(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Uri Address { get; }

    /// <param name="certificate">Its own.</param>
    /// <param name="destination">The service.</param>
    /// <param name="version">The version of HTTP that it speaks to the service.</param>
    /// <param name="activityTimeout">After so long without a byte it gives a request up; null: YARP's default, 100 s.</param>
    public static async Task<ReverseProxy> StartAsync(DevCertificate certificate, Uri destination, Version? version = null, TimeSpan? activityTimeout = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate.Certificate)));
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "service", Match = new RouteMatch { Path = "/{**rest}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "service",
                    Destinations = new Dictionary<string, DestinationConfig> { ["only"] = new() { Address = destination.ToString() } },
                    HttpClient = new HttpClientConfig { DangerousAcceptAnyServerCertificate = true },
                    HttpRequest = new ForwarderRequestConfig
                    {
                        Version = version,
                        VersionPolicy = version is null ? null : HttpVersionPolicy.RequestVersionExact,
                        ActivityTimeout = activityTimeout,
                    },
                },
            ]);
        var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ReverseProxy(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
