using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using TtsGrains.LocalVoice.Tests.Server;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Faults;

/// <summary>Each fault, as a client on a real socket sees it.</summary>
public sealed class FaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refuse_TheFirstTwo_ThenLetsIn()
    {
        await using var server = await StartAsync("""[{"fault":"refuse","status":429,"retry_after":3,"times":2}]""");
        for (var i = 0; i < 2; i++)
        {
            using var refused = new ClientWebSocket();
            refused.Options.CollectHttpResponseDetails = true;
            await Assert.ThrowsAsync<WebSocketException>(() => refused.ConnectAsync(server.WebSocketUrl, Cancellation));
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.HttpStatusCode);
            Assert.Equal("3", Assert.Single(refused.HttpResponseHeaders!["Retry-After"]));
        }

        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);
        Assert.NotEmpty(await client.SpeakAsync(VoiceClient.Request("a", "Let in."), Cancellation));
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("reset")]
    public async Task Cut_AfterSomeFrames_EndsWithoutAClose(string fault)
    {
        await using var server = await StartAsync($$"""[{"fault":"{{fault}}","after_frames":3}]""");
        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);
        await client.SendAsync(VoiceClient.Request("a", "Cut in the middle of this."), Cancellation);
        var frames = 0;
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while (await client.ReceiveAsync(Cancellation) is not null)
            {
                frames++;
            }
        });

        // What a reset overtakes is lost.
        Assert.InRange(frames, fault == "drop" ? 3 : 0, 3);
        Assert.Null(client.Socket.CloseStatus);
    }

    [Fact]
    public async Task Close_HasItsCodeAndReason()
    {
        await using var server = await StartAsync("""[{"fault":"close","code":1011,"reason":"scripted","after_frames":1}]""");
        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);
        await client.SendAsync(VoiceClient.Request("a", "Closed early."), Cancellation);
        Assert.NotNull(await client.ReceiveAsync(Cancellation));

        Assert.Null(await client.ReceiveAsync(Cancellation));
        Assert.Equal((WebSocketCloseStatus.InternalServerError, "scripted"), (client.Socket.CloseStatus, client.Socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Close_WhenIdle_NeedsNoFrame()
    {
        await using var server = await StartAsync("""[{"fault":"close","idle_ms":50,"code":1000,"reason":"connection idle timeout"}]""");
        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);

        Assert.Null(await client.ReceiveAsync(Cancellation));
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "connection idle timeout"), (client.Socket.CloseStatus, client.Socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Stall_OfOneContext_HoldsUpNoOther()
    {
        await using var server = await StartAsync("""[{"fault":"stall","text":"Silent","after_frames":1}]""");
        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);
        await client.SendAsync(VoiceClient.Request("silent", "Silent soon."), Cancellation);
        await client.ReceiveUntilAsync(frame => frame.Context == "silent", Cancellation);
        await client.SendAsync(VoiceClient.Request("other", "Another one."), Cancellation);

        Assert.All(await client.ReceiveContextAsync("other", Cancellation), frame => Assert.Equal("other", frame.Context));
    }

    [Fact]
    public async Task Stall_ForAWhile_GoesOnWithAll()
    {
        await using var server = await StartAsync("""[{"fault":"stall","after_frames":1,"for_ms":20}]""");
        await using var plain = await StartAsync("[]");
        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);
        await using var reference = await VoiceClient.ConnectAsync(plain, Cancellation);

        Assert.Equal(
            await reference.SpeakAsync(VoiceClient.Request("a", "All of it."), Cancellation),
            await client.SpeakAsync(VoiceClient.Request("a", "All of it."), Cancellation));
    }

    [Fact]
    public async Task Slow_IsTheSameLater()
    {
        await using var server = await StartAsync("""[{"fault":"slow","delay_ms":1}]""");
        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);

        Assert.NotEmpty(await client.SpeakAsync(VoiceClient.Request("a", "Slowly."), Cancellation));
    }

    [Fact]
    public async Task Error_EndsTheContextOnly()
    {
        await using var server = await StartAsync("""[{"fault":"error","status":429,"error_code":"concurrency_limited"}]""");
        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);
        await client.SendAsync(VoiceClient.Request("a", "Too many."), Cancellation);

        var end = (await client.ReceiveContextAsync("a", Cancellation))[^1];
        Assert.Equal((429, "concurrency_limited"), (end.Json.GetProperty("status_code").GetInt32(), end.Json.GetProperty("error_code").GetString()));
        Assert.NotEmpty(await client.SpeakAsync(VoiceClient.Request("b", "Once only."), Cancellation));
    }

    [Fact]
    public async Task StaleAndDuplicate_ComeBesideWhatIsRight()
    {
        await using var server = await StartAsync("""[{"fault":"stale","after_frames":1},{"fault":"duplicate_done"}]""");
        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);
        await client.SendAsync(VoiceClient.Request("a", "Beside it."), Cancellation);

        var frames = await client.ReceiveContextAsync("a", Cancellation);
        Assert.Equal(2, frames.Count(frame => frame.Context == "unknown"));
        Assert.Equal("done", (await client.ReceiveAsync(Cancellation))!.Type);
    }

    [Theory]
    [InlineData("garbage", WebSocketMessageType.Text)]
    [InlineData("binary", WebSocketMessageType.Binary)]
    public async Task Noise_IsNoJson(string fault, WebSocketMessageType type)
    {
        await using var server = await StartAsync($$"""[{"fault":"{{fault}}"}]""");
        await using var client = await VoiceClient.ConnectAsync(server, Cancellation);
        await client.SendAsync(VoiceClient.Request("a", "Noise."), Cancellation);
        var received = await client.Socket.ReceiveAsync(new Memory<byte>(new byte[256]), Cancellation);

        Assert.Equal((type, true), (received.MessageType, received.EndOfMessage));
        Assert.Equal("done", (await client.ReceiveContextAsync("a", Cancellation))[^1].Type);
    }

    [Fact]
    public async Task Control_OffUnlessEnabled()
    {
        await using var server = await StartAsync("[]");
        using var http = new HttpClient { BaseAddress = server.Url };

        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/faults", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Control_ShowsReplacesAndEndsTheScript()
    {
        await using var server = await StartAsync("", control: true);
        using var http = new HttpClient { BaseAddress = server.Url };
        Assert.Equal("[]", await http.GetStringAsync("/faults", Cancellation));

        Assert.Equal(HttpStatusCode.NoContent, (await http.PutAsync("/faults", new StringContent("""[{"fault":"refuse","status":401}]"""), Cancellation)).StatusCode);
        using var refused = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => refused.ConnectAsync(server.WebSocketUrl, Cancellation));
        Assert.Contains("\"struck\":1", await http.GetStringAsync("/faults", Cancellation), StringComparison.Ordinal);

        var wrong = await http.PutAsync("/faults", new StringContent("[{}]"), Cancellation);
        Assert.Equal((HttpStatusCode.BadRequest, "Rule 1 of the fault script: fault is required."), (wrong.StatusCode, await wrong.Content.ReadAsStringAsync(Cancellation)));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.PostAsync("/faults", null, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/faults", Cancellation)).StatusCode);
        Assert.Equal("[]", await http.GetStringAsync("/faults", Cancellation));
    }

    [Fact]
    public async Task Script_FromAFile_AndOneThatIsMissing()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, """[{"fault":"refuse"}]""", Cancellation);
        await using (var server = await StartAsync(path))
        {
            using var refused = new ClientWebSocket();
            await Assert.ThrowsAsync<WebSocketException>(() => refused.ConnectAsync(server.WebSocketUrl, Cancellation));
        }

        File.Delete(path);
        Assert.Contains("LocalVoice:FaultScript", (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(path))).Message, StringComparison.Ordinal);
    }

    private static Task<LocalVoiceServer> StartAsync(string script, bool control = false) => LocalVoiceServer.StartAsync(
        new LocalVoiceOptions { Engine = LocalVoiceEngine.Tones, RealtimeFactor = 0, FaultScript = script, FaultControl = control },
        NullLoggerFactory.Instance,
        TimeProvider.System,
        Cancellation);
}
