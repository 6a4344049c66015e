using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Storage;
using TtsGrains.PushStreams;

namespace TtsGrains.Grains.Hosting;

/// <summary>Hosts Microsoft Orleans, alone in this process or as part of a cluster.</summary>
public static class OrleansHosting
{
    /// <summary>The storage of grain state.</summary>
    public const string Storage = "tts";

    /// <summary>The streams that carry what is said to those who listen in.</summary>
    public const string Streams = "tts-streams";

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
            builder.Services.AddSingleton<ClusterEntrance>();
        }

        switch (cluster.Mode)
        {
            case ClusterMode.Client:
                builder.UseOrleansClient(client =>
                {
                    client.JoinCluster(cluster);
                    client.AddPushStreams(Streams, Settings);
                });
                break;
            case ClusterMode.Member:
                builder.UseOrleans(silo =>
                {
                    silo.JoinCluster(cluster);
                    silo.AddSharedDirectory();
                    silo.AddClusterStorage(Storage, cluster);
                    silo.AddClusterStorage(Subscriptions, cluster);
                    silo.AddPushStreams(Streams, Settings);
                });
                break;
            default:
                builder.UseOrleans(silo =>
                {
                    // Loopback ports of its own: several may run on one machine without finding each other.
                    silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort, serviceId: cluster.ServiceId, clusterId: $"single-{cluster.SiloPort}");
                    silo.AddFileGrainStorage(Storage, Path.Combine(dataDirectory, StateFolderName));

                    // Subscribers of this process end with it.
                    silo.AddMemoryGrainStorage(Subscriptions);
                    silo.AddPushStreams(Streams, Settings);
                });
                break;
        }
    }

    // Listeners see what they have lost and read it from the log: none of them may hold up the others.
    private static void Settings(PushStreamOptions streams) => streams.SlowConsumers = SlowConsumers.Skip;
}
