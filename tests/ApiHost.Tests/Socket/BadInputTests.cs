using System.Net.WebSockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>
/// What is wrong with one message is told to its context in one error event that names the field and the rule, while another context on the same
/// socket continues and finishes whole.
/// </summary>
public sealed class BadInputTests(ServiceFixture fixture)
{
    private const string Bad = "bad";

    // Characters as UTF-8, which a frame can be cut in.
    private static readonly JsonSerializerOptions UnescapedJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string, string, string, string> WrongMessages => new()
    {
        { "no transcript", With(message => message.Remove("transcript")), "invalid_request", "transcript" },
        { "no model", With(message => message.Remove("model_id")), "invalid_request", "model_id" },
        { "no voice", With(message => message.Remove("voice")), "invalid_request", "voice" },
        { "no format", With(message => message.Remove("output_format")), "invalid_request", "output_format" },
        { "no rate", With(message => message["output_format"]!.AsObject().Remove("sample_rate")), "invalid_request", "output_format.sample_rate" },
        { "transcript is a number", With(message => message["transcript"] = 5), "invalid_request", "transcript" },
        { "continue is text", With(message => message["continue"] = "yes"), "invalid_request", "continue" },
        { "flush is a number", With(message => message["flush"] = 1), "invalid_request", "flush" },
        { "format is a list", With(message => message["output_format"] = new JsonArray()), "invalid_request", "output_format" },
        { "voice is an embedding", With(message => message["voice"] = new JsonObject { ["embedding"] = new JsonArray(1, 2) }), "invalid_request", "voice" },
        { "delay too long", With(message => message["max_buffer_delay_ms"] = 5001), "invalid_request", "max_buffer_delay_ms" },
        { "language and locale", With(message => (message["language"], message["locale"]) = ("en", "en-GB")), "invalid_request", "language" },
        { "container", With(message => message["output_format"]!["container"] = "wav"), "invalid_output_format", "container" },
        { "unknown container", With(message => message["output_format"]!["container"] = "ogg"), "invalid_output_format", "container" },
        { "encoding", With(message => message["output_format"]!["encoding"] = "pcm_s24"), "invalid_output_format", "encoding" },
        { "rate", With(message => message["output_format"]!["sample_rate"] = 40), "invalid_output_format", "sample_rate" },
        { "model", With(message => message["model_id"] = "gpt-9"), "model_not_found", "model_id" },
        { "long transcript", With(message => message["transcript"] = new string('a', 10_001)), "transcript_too_long", "10000" },
        { "broken behind the id", """{"context_id":"bad","transcript":"a",,}""", "invalid_json", "line 1" },
        { "broken before the id", """{"transcript":"a",,"context_id":"bad"}""", "invalid_json", "line 1" },
        { "unescaped quote", """{"transcript":"5" tall","continue":true,"context_id":"bad"}""", "invalid_json", "line 1" },
        { "byte order mark", "\uFEFF" + With(message => message["continue"] = false), "invalid_json", "line 1" },
        { "in a list", $"[{With(message => message["continue"] = false)}]", "invalid_json", "'{'" },
        { "a lone half in a name", """{"\ud83d":1,"context_id":"bad"}""", "invalid_json", "Unicode" },
        { "id given twice", """{"context_id":"bad","context_id":null,"transcript":5}""", "invalid_request", "transcript" },
    };

    [Theory]
    [MemberData(nameof(WrongMessages))]
    public async Task WrongMessage_OfANewContext_IsOneErrorAndTheOthersGoOn(string what, string message, string code, string names)
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("good", $"Before {what}. ");
        await client.SendAsync(Bad, message);
        var heard = await client.WhenEndedAsync(Bad);
        await client.PushAsync("good", "And after.", more: false);

        Assert.Equal(code, heard.ErrorCode);
        Assert.Equal(400, heard.End!.Value.GetProperty("status_code").GetInt32());
        Assert.Contains(names, heard.End.Value.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Single(heard.Frames);
        Assert.Equal($"Before {what}. And after.", (await client.WhenEndedAsync("good")).Text);
        Assert.Empty(client.StrayErrors);
    }

    [Fact]
    public async Task WrongMessage_OfAnOpenContext_EndsItBehindItsAudio()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("spoilt", "Said before.");
        await client.WhenAsync("spoilt", context => context.Text.Length == 12);
        await client.SendAsync("spoilt", """{"context_id":"spoilt","transcript":7}""");

        var heard = await client.WhenEndedAsync("spoilt");

        Assert.Equal("invalid_request", heard.ErrorCode);
        Assert.Equal("Said before.", heard.Text);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("hello")]
    [InlineData("{\"transcript\":\"a\"")]
    [InlineData("{\"context_id\":[5]}")]
    [InlineData("{\"cancel\":true}")]
    public async Task WrongMessage_WithoutAReadableId_IsAnErrorWithoutOne(string message)
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync("", message);
        await client.PushAsync("good", "Still here.", more: false);

        Assert.Equal("Still here.", (await client.WhenEndedAsync("good")).Text);
        Assert.Equal(400, Assert.Single(client.StrayErrors).GetProperty("status_code").GetInt32());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData(",\uFEFF,")]
    public async Task BinaryFrame_IsAnErrorOfItsContextAndTheSocketStaysOpen(string prefix)
    {
        await using var client = await fixture.ConnectAsync();
        var message = Encoding.UTF8.GetBytes(prefix + SocketClient.Message("binary", "a").ToJsonString());
        await client.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true);
        await client.SendAsync(new byte[] { 1, 2, 0xFF }, WebSocketMessageType.Binary, endOfMessage: true);
        await client.PushAsync("good", "Still here.", more: false);

        Assert.Equal("Still here.", (await client.WhenEndedAsync("good")).Text);
        Assert.Contains("binary", (await client.WhenEndedAsync("binary")).End!.Value.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("binary", Assert.Single(client.StrayErrors).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("\"\\u0062a\\u0064\"", "bad")]
    public async Task WrongMessage_WithAnIdInAnotherForm_IsToldToThatId(string id, string contextId)
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync(contextId, $$"""{"transcript":{},"context_id":{{id}}}""");

        Assert.Equal("invalid_request", (await client.WhenEndedAsync(contextId)).ErrorCode);
    }

    /// <summary>The error ends an open context; what follows in it is not spoken.</summary>
    [Fact]
    public async Task BrokenJson_OfAnOpenContext_EndsItAndItsRest()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("spoilt", "Said before. ");
        await client.WhenAsync("spoilt", context => context.Text.Length == 13);
        await client.SendAsync("spoilt", """{"transcript":"a" b","context_id":"spoilt","continue":true}""");
        await client.SendAsync("spoilt", SocketClient.Message("spoilt", "Not spoken.").ToJsonString());
        await client.WhenReadAsync();

        var heard = await client.WhenEndedAsync("spoilt");
        Assert.Equal(("invalid_json", "Said before. "), (heard.ErrorCode, heard.Text));
        Assert.Empty(client.StrayErrors);
    }

    [Fact]
    public async Task LongMessage_WithTheIdAtItsEnd_IsToldToItsContext()
    {
        await using var client = await fixture.ConnectAsync();
        var message = Encoding.UTF8.GetBytes($$"""{"transcript":"{{new string('a', 3 << 20)}}","voice":{"id":"v"},"context_id":"long"}""");
        await client.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true);

        Assert.Equal("message_too_long", (await client.WhenEndedAsync("long")).ErrorCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    public async Task LongMessage_HoweverFragmented_IsToldToItsContext(int fragments)
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("good", "Before. ");
        var message = Encoding.UTF8.GetBytes(SocketClient.Message("long", new string('a', (1 << 20) + 1)).ToJsonString());
        var size = (message.Length + fragments - 1) / fragments;
        for (var at = 0; at < message.Length; at += size)
        {
            var rest = message.AsMemory(at, Math.Min(size, message.Length - at));
            await client.SendAsync(rest, WebSocketMessageType.Text, endOfMessage: at + size >= message.Length);
        }

        var heard = await client.WhenEndedAsync("long");
        await client.PushAsync("good", "After.", more: false);

        Assert.Equal("message_too_long", heard.ErrorCode);
        Assert.Contains("1048576", heard.End!.Value.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("Before. After.", (await client.WhenEndedAsync("good")).Text);
    }

    [Fact]
    public async Task FragmentedMessage_WithinTheLimit_IsSpoken()
    {
        await using var client = await fixture.ConnectAsync();
        var message = SocketClient.Message("pieces", "Caf\u00e9 \ud83d\ude00 in pieces.").ToJsonString(UnescapedJson);
        await SendInPiecesAsync(client, Encoding.UTF8.GetBytes(message), 1);

        Assert.Equal("Caf\u00e9 \ud83d\ude00 in pieces.", (await client.WhenEndedAsync("pieces")).Text);
    }

    /// <summary>The WebSocket of .NET would close the connection with 1007.</summary>
    public static TheoryData<string, byte[], string> TextThatIsNotUtf8 => new()
    {
        { "a cut sequence in the text", Invalid("""{"context_id":"bad","transcript":"caf?"}""", 0xC3), "bad" },
        { "a cut sequence at the end", [.. """{"context_id":"bad","transcript":"a"}"""u8, 0xE2, 0x82], "bad" },
        { "Latin-1 in front of the id", Invalid("""{"transcript":"caf? noir","context_id":"bad"}""", 0xE9), "bad" },
        { "half a surrogate pair", Invalid("""{"context_id":"bad","transcript":"?"}""", 0xED, 0xA0, 0xBD), "bad" },
        { "an overlong form", Invalid("""{"context_id":"bad","transcript":"?"}""", 0xC0, 0x80), "bad" },
        { "a byte that is never used, in a name", Invalid("""{"?":1,"context_id":"bad","transcript":"a"}""", 0xFF), "bad" },
        { "in the id", Invalid("""{"context_id":"b?d","transcript":"a"}""", 0xFF), "b\uFFFDd" },
        { "in the id, cut behind escapes", Invalid("""{"context_id":"\u0062?\u0064","transcript":"a"}""", 0xE2, 0x82), "b\uFFFDd" },
        { "in a cancel", Invalid("""{"context_id":"bad","cancel":true,"x":"?"}""", 0x80), "bad" },
        { "UTF-16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("""{"context_id":"bad","transcript":"a"}""")], "bad" },
        { "broken JSON besides", Invalid("""{"transcript":"?",,"context_id":"bad"}""", 0xFF), "bad" },
    };

    [Theory]
    [MemberData(nameof(TextThatIsNotUtf8))]
    public async Task TextFrame_NotUtf8_IsAnErrorOfItsContextAndTheSocketStaysOpen(string what, byte[] message, string contextId)
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("good", $"Before {what}. ");
        await client.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true);
        var heard = await client.WhenEndedAsync(contextId);
        await client.PushAsync("good", "And after.", more: false);

        Assert.Equal(("invalid_json", 400), (heard.ErrorCode, heard.End!.Value.GetProperty("status_code").GetInt32()));
        Assert.Contains("UTF-8", heard.End.Value.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal($"Before {what}. And after.", (await client.WhenEndedAsync("good")).Text);
        Assert.Empty(client.StrayErrors);
    }

    [Fact]
    public async Task TextFrame_NotUtf8WithoutAReadableId_IsAnErrorWithoutOne()
    {
        await using var client = await fixture.ConnectAsync();
        await client.SendAsync(new byte[] { 0xFF, 0x80, 0x81 }, WebSocketMessageType.Text, endOfMessage: true);
        await client.PushAsync("good", "Still here.", more: false);

        Assert.Equal("Still here.", (await client.WhenEndedAsync("good")).Text);
        Assert.Contains("UTF-8", Assert.Single(client.StrayErrors).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The bad byte may come in any frame of the message, also between halves of a valid sequence that is cut.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task TextFrames_NotUtf8InContinuations_AreOneError(int size)
    {
        await using var client = await fixture.ConnectAsync();
        byte[] message = Invalid("""{"context_id":"bad","transcript":"€ 日本 ? 😀","continue":true}""", 0xF0, 0x9F);
        await SendInPiecesAsync(client, message, size);
        await SendInPiecesAsync(client, Encoding.UTF8.GetBytes(SocketClient.Message("good", "€ 日本 😀 is valid.").ToJsonString(UnescapedJson)), size);

        Assert.Equal("invalid_json", (await client.WhenEndedAsync("bad")).ErrorCode);
        Assert.Equal("€ 日本 😀 is valid.", (await client.WhenEndedAsync("good")).Text);
        Assert.Empty(client.StrayErrors);
    }

    /// <summary>Binary frames are still told from text frames, in whatever order they come.</summary>
    [Fact]
    public async Task BinaryAndTextFrames_InTurns_AreToldApart()
    {
        await using var client = await fixture.ConnectAsync();
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(
                Encoding.UTF8.GetBytes(SocketClient.Message($"binary-{i}", new string('a', i * 5000)).ToJsonString()), WebSocketMessageType.Binary, endOfMessage: true);
            await client.PushAsync($"text-{i}", $"Text {i}.", more: false);
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"Text {i}.", (await client.WhenEndedAsync($"text-{i}")).Text);
            Assert.Contains("binary", (await client.WhenEndedAsync($"binary-{i}")).End!.Value.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TextWithoutSettings_OfAFinishedContext_IsContextClosed()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("finished", "All said.", more: false);
        var first = await client.WhenEndedAsync("finished");
        await client.SendAsync("finished", """{"context_id":"finished","transcript":"more","continue":false}""");

        Assert.Equal("context_closed", (await client.WhenAsync("finished", context => context != first && context.End is not null)).ErrorCode);
    }

    [Fact]
    public async Task Text_WhileTheContextIsStillFinishing_EndsItWithAnErrorBehindAllAudio()
    {
        var release = new TaskCompletionSource();
        fixture.Service.Upstream.When("Finishing", async (context, message) =>
        {
            await release.Task;
            await ScriptedContext.Answer(context, message);
        });
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("finishing", "Finishing slowly.", more: false);
        await client.PushAsync("finishing", "Too late.", more: false);
        await WhenTakenAsync(client, "finishing", inputs: 2);
        release.SetResult();

        var heard = await client.WhenEndedAsync("finishing");

        Assert.Equal("Finishing slowly.", heard.Text);
        Assert.Equal("context_closed", heard.ErrorCode);
    }

    [Fact]
    public async Task LateMessagesThatSayNothing_AreNoReasonForAnError()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("over", "All said.", more: false);
        var heard = await client.WhenEndedAsync("over");
        await client.PushAsync("over", "", more: false);
        await client.PushAsync("over", "", flush: true);
        await client.SendAsync("over", """{"context_id":"over","transcript":"","continue":true,"flush":true}""");
        await client.SendAsync("over", """{"context_id":"over","cancel":true}""");
        await client.SendAsync("nobody", """{"context_id":"nobody","cancel":true}""");
        await client.WhenReadAsync();

        Assert.Same(heard, client.Find("over"));
        Assert.Null(client.Find("nobody"));
        Assert.Empty(client.StrayErrors);
    }

    /// <summary>A flush alone, as the first message of an id that was used before, is taken for a late one. Input 0 says that it is not.</summary>
    [Fact]
    public async Task FlushOfNothing_AsInput0OfAFinishedId_BeginsAnew()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("again", "All said.", more: false);
        await client.WhenEndedAsync("again");
        await client.PushAsync("again", "", flush: true, change: message => message["input"] = 0);
        await client.WhenAsync("again", heard => heard is { FlushesDone: 1, Text: "" });
        await client.PushAsync("again", "Said anew.", more: false, change: message => message["input"] = 1);

        Assert.Equal("Said anew.", (await client.WhenEndedAsync("again")).Text);
    }

    /// <summary>After an error the rest of a text must not be spoken without its beginning.</summary>
    [Fact]
    public async Task Pushes_CrossingWithTheErrorOfTheirContext_AreNotSpoken()
    {
        await using var client = await fixture.ConnectAsync();
        await client.PushAsync("spoilt", "Said before. ");
        await client.WhenAsync("spoilt", context => context.Text.Length == 13);
        await client.SendAsync("spoilt", """{"context_id":"spoilt","transcript":7,"continue":true}""");
        for (var i = 0; i < 20; i++)
        {
            await client.SendAsync("spoilt", SocketClient.Message("spoilt", $"Not to be said {i}. ", more: i < 19).ToJsonString());
        }

        await client.WhenEndedAsync("spoilt");
        await client.WhenReadAsync();

        Assert.Equal(("invalid_request", "Said before. "), (client.Find("spoilt")!.ErrorCode, client.Find("spoilt")!.Text));
        Assert.Equal(["spoilt", "spoilt"], client.Order.Where(id => id == "spoilt"));
        Assert.DoesNotContain(fixture.Service.Upstream.Received, message => message.Transcript.StartsWith("Not to be said", StringComparison.Ordinal));
    }

    private static async Task SendInPiecesAsync(SocketClient client, byte[] message, int size)
    {
        for (var at = 0; at < message.Length; at += size)
        {
            var piece = message.AsMemory(at, Math.Min(size, message.Length - at));
            await client.SendAsync(piece, WebSocketMessageType.Text, endOfMessage: at + size >= message.Length);
        }
    }

    // The text with these bytes in place of its question mark.
    private static byte[] Invalid(string text, params byte[] bytes)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var at = utf8.AsSpan().IndexOf((byte)'?');
        return [.. utf8[..at], .. bytes, .. utf8[(at + 1)..]];
    }

    // A position ahead of the log changes nothing; the answer tells how many inputs there were.
    private async Task WhenTakenAsync(SocketClient client, string contextId, int inputs)
    {
        var logs = fixture.Service.Services.GetRequiredService<ContextLogs>();
        var grains = fixture.Service.Services.GetRequiredService<IGrainFactory>();
        var session = new SessionKey(RunningService.Acme, client.HeaderOf("X-Session-Id")!);
        await Eventually.IsAsync(
            async () => logs.FindContext(session, contextId) is { } key ? (await grains.GetGrain<IContextGrain>(key.ToString()).AttachAsync(int.MaxValue))!.Taken : 0,
            inputs,
            TestContext.Current.CancellationToken);
    }

    private static string With(Action<JsonObject> change) => SocketClient.Message(Bad, "Wrong.", change: change).ToJsonString();
}
