using System.Net;
using System.Text.Json.Nodes;
using Xunit;
using static TtsGrains.LocalVoice.Tests.Server.VoiceClient;

namespace TtsGrains.LocalVoice.Tests.Server;

public sealed class RefusalTests : ServerTests
{
    public static TheoryData<string, string, string> BadMembers => new()
    {
        { "language", "\"xx\"", "language" },
        { "locale", "\"xx-YY\"", "locale" },
        { "model_id", "null", "model_id" },
        { "voice", "null", "voice" },
        { "max_buffer_delay_ms", "6000", "max_buffer_delay_ms" },
        { "output_format", """{"container":"raw","encoding":"pcm_s16le","sample_rate":40}""", "sample_rate" },
        { "output_format", """{"container":"wav","encoding":"pcm_s16le","sample_rate":8000}""", "container" },
        { "output_format", """{"container":"raw","encoding":"opus","sample_rate":8000}""", "encoding" },
    };

    [Theory]
    [MemberData(nameof(BadMembers))]
    public async Task Open_WithABadMember_NamesIt(string member, string value, string named)
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("c", "Hello.", more: false, r => r[member] = JsonNode.Parse(value)), Token);

        var answer = await client.ReceiveAsync(Token);

        Assert.Equal(("error", "c", 400), (answer!.Type, answer.Context, answer.Json.GetProperty("status_code").GetInt32()));
        Assert.Contains(named, answer.Message, StringComparison.Ordinal);
        Assert.True(answer.Json.GetProperty("done").GetBoolean());
        Assert.StartsWith(answer.Json.GetProperty("title").GetString()!, answer.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(answer.Json.GetProperty("request_id").GetString()!);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("...!")]
    public async Task Open_FinalWithNothingToSay_IsRefused(string transcript)
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("c", transcript), Token);

        Assert.Equal("empty_transcript", (await client.ReceiveAsync(Token))!.ErrorCode);
    }

    [Fact]
    public async Task Open_EmptyButNotFinal_IsFine()
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("c", "", more: true), Token);
        await client.SendAsync(Request("c", " "), Token);

        Assert.Equal("done", Assert.Single(await client.ReceiveContextAsync("c", Token)).Type);
    }

    [Fact]
    public async Task Error_OnAnOpenContext_EndsOnlyThatOne()
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("bad", "waits ", more: true), Token);
        await client.SendAsync(Request("good", "waits ", more: true), Token);
        await client.SendAsync(Request("bad", "x", more: true, r => r["continue"] = "yes"), Token);
        await client.SendAsync(Request("good", "no more."), Token);

        var frames = await client.ReceiveContextAsync("good", Token);

        Assert.Equal("error", Assert.Single(frames, f => f.Context == "bad").Type);
        Assert.Equal("done", frames[^1].Type);
    }

    [Fact]
    public async Task Message_TooLong_IsRefusedAndTheSocketLives()
    {
        var client = await StartAndConnectAsync(o => o.MaxMessageBytes = 20_000);
        await client.SendAsync(Request("c", new string('x', 50_000)), Token);
        Assert.Equal("message_too_long", (await client.ReceiveAsync(Token))!.ErrorCode);

        await client.SendAsync(Request("d", new string('x', 10_001)), Token);
        var answer = await client.ReceiveAsync(Token);
        Assert.Equal(("d", "transcript_too_long"), (answer!.Context, answer.ErrorCode));

        Assert.NotEmpty(await client.SpeakAsync(Request("e", "Still here."), Token));
    }

    [Fact]
    public async Task Context_WithoutAnId_GetsOne()
    {
        var client = await StartAndConnectAsync();
        await client.SendAsync(Request("", "Hello.", more: false, r => r.Remove("context_id")), Token);

        var frames = await client.ReceiveUntilAsync(f => f.Type == "done", Token);

        Assert.Single(frames.Select(f => f.Context).Distinct());
        Assert.NotEmpty(frames[0].Context!);
    }

    [Fact]
    public async Task Http_WithoutAnUpgrade_IsAnswered()
    {
        var server = await StartAsync();
        using var http = new HttpClient { BaseAddress = server.Url };

        Assert.Contains("\"ok\":true", await http.GetStringAsync(new Uri("/", UriKind.Relative), Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UpgradeRequired, (await http.GetAsync(new Uri("/tts/websocket", UriKind.Relative), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/voices", UriKind.Relative), Token)).StatusCode);
    }

    [Fact]
    public void Options_Wrong_AreAllNamed()
    {
        var options = new LocalVoiceOptions { RealtimeFactor = double.NaN, Port = 70_000, ChunkDuration = TimeSpan.Zero };

        var error = Assert.Throws<ArgumentException>(options.Validate);

        Assert.Contains("RealtimeFactor", error.Message, StringComparison.Ordinal);
        Assert.Contains("Port", error.Message, StringComparison.Ordinal);
        Assert.Contains("ChunkDuration", error.Message, StringComparison.Ordinal);
    }
}
