using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Benchmarks.Micro;

/// <summary>An upstream that costs little: it answers each context with one chunk, and sends further ones of the last context when told to.</summary>
internal sealed class EchoUpstream : IAsyncDisposable
{
    private static readonly string Audio = Convert.ToBase64String(new byte[800]);

    private readonly WebApplication _app;
    private byte[] _chunk = [];
    private byte[] _done = [];
    private WebSocket? _socket;

    private EchoUpstream(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    public static async Task<EchoUpstream> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var upstream = new EchoUpstream(app);
        app.UseWebSockets();
        app.Map("/tts/websocket", async http => await upstream.ServeAsync(await http.WebSockets.AcceptWebSocketAsync()));
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        upstream.Url = new Uri($"ws://{address.Authority}/tts/websocket");
        return upstream;
    }

    /// <summary>Sends another chunk of the last context.</summary>
    public ValueTask SendChunkAsync() => SendAsync(_chunk);

    /// <summary>Ends the last context.</summary>
    public ValueTask EndAsync() => SendAsync(_done);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(WebSocket socket)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                if (ClientMessageParser.Parse(buffer.AsSpan(0, result.Count), out var message) is null && message is { IsCancel: false, HasText: true })
                {
                    await AnswerAsync(socket, message);
                }
            }
        }
        catch (WebSocketException)
        {
            // The service has gone.
        }
    }

    private async ValueTask AnswerAsync(WebSocket socket, ClientMessage message)
    {
        _socket = socket;
        _chunk = Encoding.UTF8.GetBytes($$"""{"type":"chunk","context_id":"{{message.ContextId}}","status_code":206,"done":false,"data":"{{Audio}}","step_time":1.5,"flush_id":1}""");
        _done = Encoding.UTF8.GetBytes($$"""{"type":"done","context_id":"{{message.ContextId}}","status_code":206,"done":true}""");
        await SendAsync(_chunk);
        if (!message.Continue)
        {
            await SendAsync(_done);
        }
    }

    private ValueTask SendAsync(byte[] frame) => _socket!.SendAsync(frame.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
