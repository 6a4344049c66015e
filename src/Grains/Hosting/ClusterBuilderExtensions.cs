using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using TtsGrains.Grains.Clustering;

namespace TtsGrains.Grains.Hosting;

/// <summary>Joins silos and clients to a cluster that finds itself through a PostgreSQL database.</summary>
internal static class ClusterBuilderExtensions
{
    // The driver, as Orleans calls it.
    private const string Npgsql = "Npgsql";

    public static void JoinCluster(this ISiloBuilder silo, ClusterSettings cluster)
    {
        var connection = ClusterDatabase.ConnectionStringOf(cluster);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloDrainParticipant>();
        silo.Configure<ClusterOptions>(options => Identify(options, cluster));
        silo.Configure<SiloOptions>(options => options.SiloName = cluster.Name);
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = cluster.SiloEndpoint.Address;
            options.SiloPort = cluster.SiloPort;
            options.GatewayPort = cluster.GatewayPort;
        });
        silo.Configure<ClusterMembershipOptions>(options => ClusterTimes.Tune(options, cluster));
        silo.Configure<SiloMessagingOptions>(options => ClusterTimes.Tune(options, cluster));
        silo.Configure<ConnectionOptions>(ClusterTimes.Tune);
        silo.UseAdoNetClustering((AdoNetClusteringSiloOptions options) =>
        {
            options.Invariant = Npgsql;
            options.ConnectionString = connection;
        });
        if (cluster.Tls.IsOn)
        {
            silo.UseTls(ClusterTls.Read(cluster.Tls).Configure);
        }
    }

    public static void JoinCluster(this IClientBuilder client, ClusterSettings cluster)
    {
        var connection = ClusterDatabase.ConnectionStringOf(cluster);
        client.AddGatewayCountChangedHandler(services =>
        {
            var gateways = services.GetRequiredService<ClusterGateways>();
            return (_, changed) => gateways.Count = changed.NumberOfConnectedGateways;
        });
        client.Services.AddSingleton<ILifecycleParticipant<IClusterClientLifecycle>, GatewayListRefresher>();
        client.Configure<ClusterOptions>(options => Identify(options, cluster));
        client.Configure<GatewayOptions>(ClusterTimes.Tune);
        client.Configure<ClientMessagingOptions>(options => ClusterTimes.Tune(options, cluster));
        client.Configure<ConnectionOptions>(ClusterTimes.Tune);
        client.UseConnectionRetryFilter<ClusterDatabaseConnection>();
        client.UseAdoNetClustering((AdoNetClusteringClientOptions options) =>
        {
            options.Invariant = Npgsql;
            options.ConnectionString = connection;
        });
        if (cluster.Tls.IsOn)
        {
            client.UseTls(ClusterTls.Read(cluster.Tls).Configure);
        }
    }

    /// <summary>
    /// Where grains are is known to all silos together, and told again by those that live when one dies. Orleans' default directory would instead end
    /// the activations that were entered with the dead one: among them sockets to upstreams, and the contexts of other silos that speak over them.
    /// A silo that is about to stop takes no contexts any more.
    /// </summary>
    public static void AddSharedDirectory(this ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP003 // Orleans calls it experimental.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003

        // It would keep the grains of a dead silo from being taken over for half a minute. A context that two silos think they have is told apart by its owner.
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);
        silo.AddPlacementDirector<PreferLocalPlacement, RunningSiloPlacement>();
    }

    /// <summary>Keeps grain state in the cluster's database. What is cleared is gone, not blanked: a session that was erased leaves no row.</summary>
    public static void AddClusterStorage(this ISiloBuilder silo, string name, ClusterSettings cluster)
        => silo.AddAdoNetGrainStorage(name, (AdoNetGrainStorageOptions options) =>
        {
            options.Invariant = Npgsql;
            options.ConnectionString = ClusterDatabase.ConnectionStringOf(cluster);
            options.DeleteStateOnClear = true;
        });

    private static void Identify(ClusterOptions options, ClusterSettings cluster)
    {
        options.ClusterId = cluster.Id;
        options.ServiceId = cluster.ServiceId;
    }
}
