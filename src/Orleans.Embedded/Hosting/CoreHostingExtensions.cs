using System.Net;

namespace Orleans.Hosting;

/// <summary>Clustering, of which this engine has none.</summary>
public static class CoreHostingExtensions
{
    /// <summary>Accepted for the sake of one hosting code; opens no port, since there is only this process.</summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = 11111,
        int gatewayPort = 30000,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = "dev",
        string clusterId = "dev")
        => builder;
}
