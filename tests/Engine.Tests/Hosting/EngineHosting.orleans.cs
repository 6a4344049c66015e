using System.Net;
using System.Net.Sockets;

namespace TtsGrains.Engine.Tests.Hosting;

internal static class EngineHosting
{
    public static void Configure(ISiloBuilder silo)
    {
        var cluster = Guid.NewGuid().ToString("N");
        silo.UseLocalhostClustering(FreePort(), FreePort(), serviceId: cluster, clusterId: cluster);

        // Microsoft Orleans keeps subscriptions in a grain storage of this name.
        silo.AddMemoryGrainStorage("PubSubStore");
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
