using System.Net;
using System.Net.Sockets;
using TtsGrains.Grains.Hosting;
using Xunit;

namespace TtsGrains.Grains.Tests.Hosting;

public sealed class StartupProbeServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Room_ToldWhatIsWaitedFor_IsAliveAndNotReadyAndSaysWhy()
    {
        await using var room = new StartupProbeServer(IPAddress.Loopback, port: 0);
        await room.SayAsync("the tide");
        await room.SayAsync("the moon");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{room.Port}") };

        Assert.Equal("live\n", await client.GetStringAsync("/health/live", Token));
        using var ready = await client.GetAsync("/health/ready", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("""{"ready":false,"waiting_for":"the moon"}""", await ready.Content.ReadAsStringAsync(Token));
        using var other = await client.GetAsync("/tts/websocket", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, other.StatusCode);
    }

    [Fact]
    public async Task Room_Left_GivesItsPortFree()
    {
        int port;
        await using (var room = new StartupProbeServer(IPAddress.Loopback, port: 0))
        {
            Assert.Null(room.Port);
            await room.SayAsync("the tide");
            port = room.Port!.Value;
        }

        using var next = new TcpListener(IPAddress.Loopback, port);
        next.Start();
    }
}
