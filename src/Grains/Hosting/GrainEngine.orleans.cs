using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace TtsGrains.Grains.Hosting;

/// <summary>The engine that runs the grains: here Microsoft Orleans, one silo for itself in this process.</summary>
public static class GrainEngine
{
    /// <summary>The storage of grain state.</summary>
    public const string Storage = "tts";

    /// <summary>The streams that carry what is said to those who listen in.</summary>
    public const string Streams = "tts-streams";

    // The name under which Orleans keeps who subscribed to which stream.
    private const string Subscriptions = "PubSubStore";

    /// <summary>What the ready line and the logs call it.</summary>
    public static string Name => "orleans";

    /// <summary>The exact build of Microsoft Orleans.</summary>
    public static string Version
        => typeof(Grain).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Hosts a silo in this process, on loopback ports of its own: several may run on one machine without finding each other.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="dataDirectory">Unused here: a silo alone keeps grain state in memory.</param>
    public static void AddGrainEngine(this IHostApplicationBuilder builder, string dataDirectory)
    {
        _ = dataDirectory;
        var silo = FreePort();
        builder.UseOrleans(orleans =>
        {
            orleans.UseLocalhostClustering(silo, FreePort(), serviceId: "tts-grains", clusterId: $"single-{silo}");
            orleans.AddMemoryGrainStorage(Storage);
            orleans.AddMemoryGrainStorage(Subscriptions);
            orleans.AddMemoryStreams(Streams);
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
