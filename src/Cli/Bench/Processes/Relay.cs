using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TtsGrains.Cli.Bench.Processes;

/// <summary>The thinnest WebSocket relay that .NET allows, as the measure: one upstream socket per client socket, bytes passed as they come.</summary>
internal static class Relay
{
    /// <summary>Serves until cancelled.</summary>
    public static async Task<int> RunAsync(Uri upstream, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Map("/tts/websocket", async http =>
        {
            using var dialled = new ClientWebSocket();
            await dialled.ConnectAsync(upstream, http.RequestAborted);
            using var accepted = await http.WebSockets.AcceptWebSocketAsync();
            await Task.WhenAny(PassAsync(accepted, dialled), PassAsync(dialled, accepted));
        });
        await app.StartAsync(cancellationToken);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        BenchProcess.AnnounceReady($"ws://{address.Authority}/tts/websocket");
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    private static async Task PassAsync(WebSocket from, WebSocket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var result = await from.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, result.Count), result.MessageType, result.EndOfMessage, CancellationToken.None);
            }
        }
        catch (WebSocketException)
        {
            // One side has gone; the other goes with it.
        }
    }
}
