using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Upstreams;

/// <summary>Text that crosses with the end of its context.</summary>
public sealed class CrossingTests
{
    // More than all buffers between two sockets hold.
    private const int Chunks = 2000;

    private static readonly string Long = new('x', 400);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// The context has expired, but its client, who reads slowly, does not know: its <c>done</c> is not written yet. What it pushed then was once
    /// dropped without a word.
    /// </summary>
    [Fact]
    public async Task Expired_BeforeTheClientCouldKnow_IsSpokenByTheNextOfThatId()
    {
        await using var service = await RunningService.StartAsync("Contexts:Expiry=00:00:00.1");
        service.Upstream.When("Long", (context, _) =>
        {
            for (var i = 0; i < Chunks; i++)
            {
                context.Chunk(Long);
            }

            context.Done();
            return Task.CompletedTask;
        });
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", $"{RunningService.Acme}-key");
        await socket.ConnectAsync(new Uri($"{service.WebSocket}?session_id=slow"), Cancellation);
        await SendAsync(socket, SocketClient.Message("late", "Long story. ", more: true));
        await Eventually.IsTrueAsync(() => service.IsFinished("slow"), Cancellation);
        await SendAsync(socket, SocketClient.Message("late", "Not ", more: true));
        await SendAsync(socket, SocketClient.Message("late", "", more: true));
        await SendAsync(socket, SocketClient.Message("late", "too late."));

        var heard = new HeardContext("late");
        await ReadAsync(socket, heard);
        Assert.True(heard.IsDone);
        Assert.Equal(Chunks * Long.Length, heard.Text.Length);

        var next = new HeardContext("late");
        await ReadAsync(socket, next);
        Assert.True(next.IsDone);
        Assert.Equal("Not too late.", next.Text);
        Assert.All(service.Upstream.Received, message => Assert.Equal("voice-1", message.Json.GetProperty("voice").GetProperty("id").GetString()));
    }

    private static async Task ReadAsync(ClientWebSocket socket, HeardContext heard)
    {
        var buffer = new byte[256 * 1024];
        while (heard.End is null)
        {
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(length), Cancellation);
                length += received.Count;
            }
            while (!received.EndOfMessage);

            heard.Add(JsonDocument.Parse(buffer.AsMemory(0, length)).RootElement.Clone());
        }
    }

    private static Task SendAsync(ClientWebSocket socket, System.Text.Json.Nodes.JsonObject message)
        => socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
}
