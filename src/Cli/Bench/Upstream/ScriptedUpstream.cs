using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using TtsGrains.Cli.Bench.Processes;

namespace TtsGrains.Cli.Bench.Upstream;

/// <summary>An upstream that speaks the protocol in real time and costs next to nothing: its frames are rendered beforehand.</summary>
internal static class ScriptedUpstream
{
    /// <summary>Serves until cancelled.</summary>
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 4096);
        var pacer = new Pacer();
        BenchProcess.AnnounceReady($"ws://{listener.LocalEndpoint}/tts/websocket");
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(cancellationToken), pacer);
            }
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static async Task ServeAsync(TcpClient client, Pacer pacer)
    {
        using var connection = client;
        client.NoDelay = true;
        try
        {
            using var webSocket = await Handshake.AcceptAsync(client.GetStream());
            await new ScriptedSocket(webSocket, pacer).RunAsync();
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // The other side has gone.
        }
    }
}
