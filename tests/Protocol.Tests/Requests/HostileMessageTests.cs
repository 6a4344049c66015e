using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Protocol.Tests.Requests;

public sealed class HostileMessageTests
{
    private const string Everything =
        """
        {"context_id":"c1","model_id":"sonic-3","transcript":"Stra\u00dfe \ud83d\ude00 é😀","voice":{"mode":"id","id":"v-1"},
         "output_format":{"container":"raw","encoding":"pcm_s16le","sample_rate":16000,"x":[1,{"y":null}]},"language":"de",
         "continue":true,"flush":false,"max_buffer_delay_ms":1e3,"add_timestamps":true,"generation_config":{"speed":1.5},"n":{"m":[[-1.5e-3]]}}
        """;

    [Fact]
    public void Parse_CutAnywhere_IsAlwaysAnError()
    {
        var utf8 = Encoding.UTF8.GetBytes(Everything);
        Assert.Null(ClientMessageParser.Parse(utf8, out _));

        for (var length = 0; length < utf8.Length; length++)
        {
            var error = ClientMessageParser.Parse(utf8.AsSpan(0, length), out var message);

            Assert.Equal("invalid_json", error?.Code);
            Assert.Equal(length > "{\"context_id\":\"c1\"".Length ? "c1" : message.ContextId, message.ContextId);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"{}\"")]
    [InlineData("5")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{}\0")]
    [InlineData("\uFEFF{}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{/* */}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":\"\n\"}")]
    [InlineData("{\"a\":\"\\x\"}")]
    [InlineData("{\"\\ud800ontext_id\":1}")]
    public void Parse_WhatIsNotOneJsonObject_IsInvalidJson(string text)
    {
        var error = Parsed.Error(text);

        Assert.Equal("invalid_json", error.Code);
        Assert.Equal("Invalid JSON", error.Title);
    }

    [Fact]
    public void Parse_BrokenJsonAfterATypeError_IsInvalidJsonWithTheContextId()
    {
        var error = Parsed.Error("""{"context_id":"c1","flush":5,"transcript":"secret" x}""", out var message);

        Assert.Equal("invalid_json", error.Code);
        Assert.Equal("c1", message.ContextId);
        Assert.DoesNotContain("secret", error.Legacy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(64, false)]
    [InlineData(100_000, false)]
    public void Parse_DeepNesting_IsRefusedAtABound(int depth, bool accepted)
    {
        var json = $$"""{"context_id":"c1","x":{{new string('[', depth)}}{{new string(']', depth)}}}""";

        var error = ClientMessageParser.Parse(Encoding.UTF8.GetBytes(json), out var message);

        Assert.Equal(accepted, error is null);
        Assert.Equal("c1", message.ContextId);
    }

    [Fact]
    public void Parse_RandomBytes_NeverThrows()
        => Mutations.Hold(Prop.ForAll<byte[]>(utf8 => ErrorOrValid(utf8)));

    [Fact]
    public void Parse_RandomText_NeverThrows()
        => Mutations.Hold(Prop.ForAll<string>(text => ErrorOrValid(Encoding.UTF8.GetBytes("{\"transcript\":\"" + text + "\"}"))));

    [Fact]
    public void Parse_DamagedMessages_NeverThrowsAndAcceptsOnlyJson()
        => Mutations.Hold(Prop.ForAll(Mutations.Of(Everything, Parsed.Opening, """{"cancel":true,"context_id":"c1"}"""), ErrorOrValid));

    private static bool ErrorOrValid(byte[] utf8)
    {
        if (ClientMessageParser.Parse(utf8, out var message) is { } error)
        {
            return error.StatusCode == 400 && error.Message.Length > 0;
        }

        // Whatever is accepted, and what of it is passed on, is JSON to a strict reader too.
        using var whole = JsonDocument.Parse(utf8);
        using var passedOn = JsonDocument.Parse($"{{\"first\":0{Parsed.Text(message.PassThrough)}}}");
        return whole.RootElement.ValueKind == JsonValueKind.Object;
    }
}
