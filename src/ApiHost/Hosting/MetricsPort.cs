using Microsoft.AspNetCore.Connections;
using TtsGrains.ApiHost.Access;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Hosting;

/// <summary>
/// Serves the metrics on a port of their own, <c>Listen:Metrics</c>: they name tenants, and clients reach the other ports. The port serves nothing else.
/// </summary>
internal sealed class MetricsPort
{
    // Set on every connection to the port.
    private static readonly MetricsPort Mark = new();

    private MetricsPort()
    {
    }

    /// <summary>Gets the configured port; null if there is none.</summary>
    public static int? Find(IConfiguration configuration) => configuration.GetSection(ListenSettings.Section).GetValue<int?>(nameof(ListenOptions.Metrics));

    /// <summary>Marks the connections to a listener.</summary>
    public static void Configure(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(Mark);
        return next(connection);
    });

    /// <summary>Maps the metrics, and answers 404 for them on other ports and for everything else on theirs.</summary>
    public static void Map(WebApplication app)
    {
        if (Find(app.Configuration) is not null)
        {
            app.Use((http, next) => IsOnPort(http) == (http.Request.Path == TelemetryHosting.MetricsPath) ? next(http) : RefuseAsync(http));
        }

        if (Find(app.Configuration) is not null || app.Environment.IsDevelopment())
        {
            app.MapGroup("").WithAccess(RouteAccess.Public).MapMetrics();
        }
    }

    private static bool IsOnPort(HttpContext http) => http.Features.Get<MetricsPort>() is not null;

    private static Task RefuseAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
