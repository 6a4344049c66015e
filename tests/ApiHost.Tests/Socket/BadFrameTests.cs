using System.Net.WebSockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>Frames that are binary, too long, in pieces, or not UTF-8: each is told to its context, and the socket stays open.</summary>
public sealed class BadFrameTests(ServiceFixture fixture)
{
    // Characters as UTF-8, which a frame can be cut in.
    private static readonly JsonSerializerOptions UnescapedJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
}
