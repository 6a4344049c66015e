using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Protocol.Tests.Requests;

/// <summary>A readable context id is found whatever is wrong with the message, and wherever the fault is.</summary>
public sealed class DamagedMessageTests
{
    private const string IdText = "\"context_id\":\"ctx-1\"";

    private static readonly string[] Messages =
    [
        $$$"""{{{{IdText}}},"model_id":"sonic-3","transcript":"Hello","voice":{"mode":"id","id":"v-1"},"output_format":{"container":"raw","encoding":"pcm_s16le","sample_rate":16000},"continue":true}""",
        $$$"""{"model_id":"sonic-3","transcript":"Stra\u00dfe \"quoted\" \ud83d\ude00 [a] {b}","voice":{"mode":"id","id":"v-1"},"output_format":{"container":"raw","encoding":"pcm_s16le","sample_rate":16000},{{{IdText}}},"continue":true}""",
        $$$"""{"cancel":true,{{{IdText}}}}""",
        $$$"""{"x":[{"y":[null,1.5e3]}],"transcript":"a",{{{IdText}}},"generation_config":{"speed":1.5}}""",
    ];

    [Theory]
    [InlineData("""{"transcript":"a",,"context_id":"c1"}""")]
    [InlineData("""{"transcript":a,"context_id":"c1"}""")]
    [InlineData("""{"transcript":"a""context_id":"c1"}""")]
    [InlineData("""{"transcript":"he said "hi" to me","context_id":"c1"}""")]
    [InlineData("""{"transcript":"5" tall","context_id":"c1","continue":false}""")]
    [InlineData("""{"transcript":"C:\","context_id":"c1"}""")]
    [InlineData("""{"transcript":"a\x","context_id":"c1"}""")]
    [InlineData("""{"transcript":"\ud83","context_id":"c1"}""")]
    [InlineData("{\"transcript\":\"two\nlines\",\"context_id\":\"c1\"}")]
    [InlineData("{\"\\ud800\":1,\"context_id\":\"c1\"}")]
    [InlineData("""{"voice":{"id":"v","context_id":"c1","transcript":"a"}""")]
    [InlineData("""{"voice":{"id":"v"}},"context_id":"c1","transcript":"a"}""")]
    [InlineData("""[{"context_id":"c1","transcript":"a"}]""")]
    [InlineData("""{{"context_id":"c1"}}""")]
    [InlineData("{/* id */\"context_id\" /* is */ : // this\n \"c1\"}")]
    [InlineData("""{'transcript':'a','context_id':'c1'}""")]
    [InlineData("""{transcript:"a",context_id:"c1"}""")]
    [InlineData("""{"speed":NaN,"context_id":"c1"}""")]
    [InlineData("""{"n":01,"context_id":"\u0063\u0031"}""")]
    [InlineData("""{"context_id":"c1"}{"context_id":"c2"}""")]
    [InlineData("""{"context_id":"c1","transcript":"a""")]
    [InlineData("""{,"meta":{"context_id":"other"},"context_id":"c1"}""")]
    [InlineData("""{,"context_id":"c1","meta":{"context_id":"other"}}""")]
    [InlineData("""{,"transcript":"{\"context_id\":\"other\"}","context_id":"c1"}""")]
    [InlineData("""{,"context_id":5,"context_id":"c1"}""")]
    [InlineData("\uFEFF{\"context_id\":\"c1\"}")]
    [InlineData("\uFEFF{\"transcript\":\"a\",\"context_id\":\"c1\"")]
    [InlineData("\0\0\0{\"context_id\":\"c1\"}")]
    [InlineData("data: {\"context_id\":\"c1\"}")]
    public void Parse_NotJson_HasTheContextId(string text)
    {
        var error = Parsed.Error(text, out var message);

        Assert.Equal(ErrorCatalogue.InvalidJsonCode, error.Code);
        Assert.Equal("c1", message.ContextId);
    }

    [Theory]
    [InlineData("""{"context_id":"c1""")]
    [InlineData("""{"context_id":""")]
    [InlineData("""{"context_id":12""")]
    [InlineData("""{"context_id":null,,}""")]
    [InlineData("""{"transcript":"{\"context_id\":\"other\"}",,}""")]
    [InlineData("""{"transcript":"my context_id: is "lost"",,}""")]
    [InlineData("""{"the_context_id":"c1",,}""")]
    [InlineData("""{"context_ids":"c1",,}""")]
    [InlineData("""{"context_id":"\u00zz",,}""")]
    [InlineData("hello")]
    public void Parse_NotJson_WithoutAReadableId_HasNone(string text)
    {
        Parsed.Error(text, out var message);

        Assert.Null(message.ContextId);
    }

    [Theory]
    [InlineData("""{"context_id":"c1","context_id":null,"transcript":5}""", "c1")]
    [InlineData("""{"context_id":"c1","context_id":[1],"transcript":"a"}""", "c1")]
    [InlineData("""{"context_id":{"a":1},"context_id":"c1"}""", "c1")]
    [InlineData("""{"context_id":"c1","context_id":"c2","flush":5}""", "c2")]
    [InlineData("""{"context_id":5,"transcript":"a"}""", "5")]
    [InlineData("""{"context_id":-1.5e3,"transcript":"a"}""", "-1.5e3")]
    public void Parse_RefusedOrRepeatedId_HasTheIdThatWasSent(string text, string id)
    {
        Parsed.Error(text, out var message);

        Assert.Equal(id, message.ContextId);
    }

    [Theory]
    [InlineData(@"\ud83d")]
    [InlineData(@"\ude00\ud83d x\ud83d\ude00\ud83d")]
    [InlineData(@"plain \u0022 é \ud83d\ude00")]
    public void WriteError_IdWithHalvesOfSurrogatePairs_IsReadBackAsItWasSent(string escaped)
    {
        Parsed.Error($$"""{"context_id":"{{escaped}}","transcript":5}""", out var message);
        var id = message.ContextId!;
        Assert.Equal(System.Text.RegularExpressions.Regex.Unescape(escaped), id);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        ServerFrameWriter.WriteError(output, ErrorCatalogue.Internal, id, $"request:{id}");

        var reader = new Utf8JsonReader(output.WrittenSpan);
        reader.Read();
        while (reader.Read() && !(reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("context_id"u8)))
        {
            reader.Skip();
        }

        reader.Read();
        Assert.Equal(id, System.Text.RegularExpressions.Regex.Unescape(Encoding.UTF8.GetString(reader.ValueSpan)));
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Parse_Utf16_HasTheContextId(string encoding)
    {
        var utf16 = Encoding.GetEncoding(encoding);
        foreach (var bytes in (byte[][])[utf16.GetBytes(Messages[1]), [.. utf16.GetPreamble(), .. utf16.GetBytes(Messages[0])]])
        {
            Assert.NotNull(ClientMessageParser.Parse(bytes, out var message));
            Assert.Equal("ctx-1", message.ContextId);
        }
    }

    /// <summary>Bytes that are not UTF-8 are read as U+FFFD in the id, and the error names UTF-8 whatever else is wrong.</summary>
    [Theory]
    [InlineData("""{"context_id":"c1","transcript":"?"}""", "c1")]
    [InlineData("""{"context_id":"c1","?":1}""", "c1")]
    [InlineData("""{"context_id":"?1"}""", "\uFFFD1")]
    [InlineData("""{"context_id":"c?","transcript":5}""", "c\uFFFD")]
    [InlineData("""{"context_id":"\u0063?\u0031"}""", "c\uFFFD1")]
    [InlineData("""{"a":1,,"context_id":"c?"}""", "c\uFFFD")]
    [InlineData("""?{"context_id":"c1"}""", "c1")]
    [InlineData("""["?",{"context_id":"c1"}]""", "c1")]
    public void Parse_NotUtf8_HasTheContextId(string text, string id)
    {
        foreach (var bytes in (byte[][])[[0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98]])
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            var at = utf8.AsSpan().IndexOf((byte)'?');
            var error = ClientMessageParser.Parse([.. utf8[..at], .. bytes, .. utf8[(at + 1)..]], out var message);

            Assert.Equal((ErrorCatalogue.InvalidJsonCode, id), (error!.Code, message.ContextId));
            Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Parse_DamageAnywhereButInTheId_HasTheContextId()
        => Mutations.Hold(Prop.ForAll(DamagedBesideTheId(), utf8 =>
        {
            var error = ClientMessageParser.Parse(utf8, out var message);
            return error is null || message.ContextId == "ctx-1" ? true : throw new InvalidOperationException(Encoding.UTF8.GetString(utf8));
        }));

    [Theory]
    [InlineData(0, 7)]
    [InlineData(20_000, 1000)]
    [InlineData(20_000, 8192)]
    [InlineData(100_000, 100_000)]
    public void Append_PartsOfAnySize_FindsTheIdBehindALongText(int characters, int size)
    {
        var text = $$$"""{"transcript":"{{{new string('a', characters)}}}","meta":{"context_id":"other"},"continue":true,"context_id":"c\u0031","x":{"context_id":"other"},"y":"{{{new string('b', characters)}}}"}""";
        var damaged = new DamagedMessage();
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(size))
        {
            damaged.Append(part);
        }

        Assert.Equal(("c1", true), (damaged.ContextId, damaged.Continue));
    }

    // Each of one to four damages inserts or removes bytes, or cuts the message behind the id.
    private static Arbitrary<byte[]> DamagedBesideTheId()
    {
        var damage =
            from at in Gen.Choose(0, 10_000)
            from removed in Gen.Choose(0, 4)
            from piece in Gen.Elements(Mutations.Pieces)
            from cuts in Gen.Choose(0, 9)
            select (At: at, Removed: removed, Piece: piece, Cuts: cuts == 0);
        return (
            from message in Gen.Elements(Messages)
            from count in Gen.Choose(1, 4)
            from damages in damage.ArrayOf(count)
            select damages.Aggregate(Encoding.UTF8.GetBytes(message), (utf8, one) =>
            {
                var id = Encoding.UTF8.GetBytes(IdText);
                var start = utf8.AsSpan().IndexOf(id);
                var at = one.At % (utf8.Length - id.Length + 1);
                var isBehind = at > start;
                at = isBehind ? at + id.Length - 1 : at;
                var end = isBehind ? one.Cuts ? utf8.Length : Math.Min(utf8.Length, at + one.Removed) : Math.Min(start, at + one.Removed);
                return [.. utf8[..at], .. one.Piece, .. utf8[Math.Max(at, end)..]];
            })).ToArbitrary();
    }
}
