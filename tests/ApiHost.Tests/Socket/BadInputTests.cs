using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>
/// What is wrong with one message is told to its context in one error event that names the field and the rule, while another context on the same
/// socket goes on and finishes whole.
/// </summary>
public sealed class BadInputTests(ServiceFixture fixture)
{
    private const string Bad = "bad";

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
        var message = Encoding.UTF8.GetBytes(SocketClient.Message("pieces", "Caf\u00e9 \ud83d\ude00 in pieces.").ToJsonString());
        for (var at = 0; at < message.Length; at++)
        {
            await client.SendAsync(message.AsMemory(at, 1), WebSocketMessageType.Text, endOfMessage: at == message.Length - 1);
        }

        Assert.Equal("Caf\u00e9 \ud83d\ude00 in pieces.", (await client.WhenEndedAsync("pieces")).Text);
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
