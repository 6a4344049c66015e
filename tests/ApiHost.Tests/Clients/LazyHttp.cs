using System.Net.Sockets;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>An HTTP client that takes no more of an answer than it is asked for.</summary>
internal static class LazyHttp
{
    private const int SmallBuffer = 16 * 1024;

    public static HttpClient Connect(RunningService service)
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            // What the system takes for a client that does not read is lost to the test.
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new System.Net.Sockets.Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = SmallBuffer };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = service.Http,
        };
        http.DefaultRequestHeaders.Add("X-API-Key", $"{RunningService.Acme}-key");
        return http;
    }
}
