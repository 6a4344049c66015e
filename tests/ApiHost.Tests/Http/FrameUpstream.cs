using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace TtsGrains.ApiHost.Tests.Http;

/// <summary>An upstream that answers every context with the frames it was given, whatever the text. <c>$id</c> in them is the context's id.</summary>
internal sealed class FrameUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FrameUpstream(WebApplication app)
    {
        _app = app;
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Url = $"ws://{address.Authority}/tts/websocket";
    }

    public string Url { get; }

    public static async Task<FrameUpstream> StartAsync(CancellationToken cancellationToken, params string[] frames)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(http => AnswerAsync(http, frames));
        await app.StartAsync(cancellationToken);
        return new FrameUpstream(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext http, string[] frames)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), http.RequestAborted) is { MessageType: WebSocketMessageType.Text } received)
        {
            var id = JsonDocument.Parse(buffer.AsMemory(0, received.Count)).RootElement.GetProperty("context_id").GetString();
            foreach (var frame in frames)
            {
                var bytes = Encoding.UTF8.GetBytes(frame.Replace("$id", id, StringComparison.Ordinal));
                await socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, http.RequestAborted);
            }
        }
    }
}
