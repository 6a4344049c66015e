using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Storage;
using TtsGrains.Grains.Streams;
using TtsGrains.PushStreams;

namespace TtsGrains.Grains.Hosting;

/// <summary>Hosts Microsoft Orleans, alone in this process or as part of a cluster.</summary>
public static class OrleansHosting
{
    // The name under which Orleans keeps who subscribed to which stream.
    private const string Subscriptions = "PubSubStore";

    private const string StateFolderName = "state";

    /// <summary>Hosts a silo in this process, or a client of the cluster's silos.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="dataDirectory">A silo alone keeps grain state below it; silos of a cluster use their database.</param>
    /// <param name="cluster">How this process takes part in a cluster.</param>
    public static void AddOrleans(this IHostApplicationBuilder builder, string dataDirectory, ClusterSettings cluster)
    {
        if (cluster.Mode != ClusterMode.Single)
        {
            builder.Services.AddSingleton<ClusterConnection>();
        }

        var isTraced = new TelemetryExport(builder.Configuration).HasTraces;
        switch (cluster.Mode)
        {
            case ClusterMode.Client:
                builder.UseOrleansClient(client =>
                {
                    if (isTraced)
                    {
                        client.AddActivityPropagation();
                    }

                    client.JoinCluster(cluster);
                    client.AddPushStreams(SessionStreams.Provider, Settings);
                });
                break;
            case ClusterMode.Member:
                builder.UseOrleans(silo =>
                {
                    silo.JoinCluster(cluster);
                    silo.AddSharedDirectory();
                    silo.AddClusterStorage(GrainStorage.Name, cluster);
                    silo.AddClusterStorage(Subscriptions, cluster);
                    silo.AddPushStreams(SessionStreams.Provider, Settings);
                });
                break;
            default:
                builder.UseOrleans(silo =>
                {
                    // The port is part of the silo's name; nothing listens on it. Without a gateway port there is no gateway.
                    silo.UseLocalhostClustering(cluster.SiloPort, gatewayPort: 0, serviceId: cluster.ServiceId, clusterId: $"single-{cluster.SiloPort}");
                    silo.CloseSiloPort();
                    silo.AddFileGrainStorage(GrainStorage.Name, Path.Combine(dataDirectory, StateFolderName));

                    // Subscribers of this process end with it.
                    silo.AddMemoryGrainStorage(Subscriptions);
                    silo.AddPushStreams(SessionStreams.Provider, Settings);
                });
                break;
        }

        if (isTraced && cluster.Mode != ClusterMode.Client)
        {
            builder.UseOrleans(silo => silo.AddActivityPropagation());
        }
    }

    private static void CloseSiloPort(this ISiloBuilder silo)
    {
        // Orleans' own keys: one for the silo port, one for the gateway.
        foreach (var listener in silo.Services.Where(service => service.IsKeyedService && service.ServiceType == typeof(IConnectionListenerFactory)).ToArray())
        {
            silo.Services.Remove(listener);
            silo.Services.AddKeyedSingleton<IConnectionListenerFactory, NoListenerFactory>(listener.ServiceKey);
        }
    }

    // Listeners see what they have lost and read it from the log: none of them may hold up the others.
    private static void Settings(PushStreamOptions streams) => streams.SlowConsumers = SlowConsumers.Skip;
}
