using System.Net;
using System.Net.Sockets;

namespace TtsGrains.Cli.Cluster;

/// <summary>Finds a port for a process that is started a moment later.</summary>
public static class LoopbackPort
{
    // Below the ports that systems give to outgoing connections (from 32768 on Linux), one of which could take it in that moment.
    private const int First = 20_000;
    private const int Last = 32_000;

    /// <summary>Returns a port of 127.0.0.1 that nothing listens on.</summary>
    public static int FindFree()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(First, Last));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken; another one may be free.
            }
        }
    }
}
