using System.Net.Sockets;

namespace TtsGrains.Cli.Cluster;

/// <summary>Gives each connection to one of the API hosts in turn, past those that do not listen, as a load balancer in front of them does.</summary>
/// <param name="hosts">Where they listen.</param>
internal sealed class Balancer(IReadOnlyList<Uri> hosts)
{
    private int _turn;

    /// <summary>A handler whose connections go to any of the hosts, whatever address is asked for.</summary>
    public SocketsHttpHandler CreateHandler() => new() { ConnectCallback = (_, cancellationToken) => ConnectAsync(cancellationToken) };

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var host = hosts[(int)((uint)Interlocked.Increment(ref _turn) % hosts.Count)];
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(host.Host, host.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (tries < hosts.Count)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
