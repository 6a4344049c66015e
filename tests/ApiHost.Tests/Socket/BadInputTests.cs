using System.Text.Json.Nodes;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>
/// What is wrong with one message is told to its context in one error event that names the field and the rule, while another context on the same
/// socket continues and finishes whole.
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

    private static string With(Action<JsonObject> change) => SocketClient.Message(Bad, "Wrong.", change: change).ToJsonString();
}
