using System.Text;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Protocol.Tests.Requests;

public sealed class ClientMessageErrorTests
{
    public static TheoryData<string, string, string> WrongMembers()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var field in (string[])["transcript", "model_id", "language", "locale"])
        {
            data.Add(field, "5", "a string");
            data.Add(field, """{"text":["a"]}""", "a string");
            if (field != "transcript")
            {
                data.Add(field, "\"\\ud83d\"", "a string of valid Unicode");
            }
        }

        foreach (var field in (string[])
            ["continue", "flush", "cancel", "add_timestamps", "add_phoneme_timestamps", "use_normalized_timestamps", "use_original_timestamps"])
        {
            data.Add(field, "\"true\"", "true or false");
            data.Add(field, "1", "true or false");
            data.Add(field, """[{"a":true}]""", "true or false");
        }

        foreach (var number in (string[])["-1", "5001", "0.5", "1e400", "-1e400", "123456789012345678901234567890"])
        {
            data.Add("max_buffer_delay_ms", number, "a whole number from 0 to 5000");
        }

        foreach (var number in (string[])["-1", "0.5", "2147483648", "1e400", "-1e400", "123456789012345678901234567890"])
        {
            data.Add("input", number, "a whole number from 0 to 2147483647");
            data.Add("played_ms", number, "a whole number from 0 to 2147483647");
        }

        data.Add("input", "\"0\"", "a whole number");
        data.Add("archive", "\"off\"", "true or false");
        data.Add("max_buffer_delay_ms", "\"0\"", "a whole number");
        data.Add("generation_config", "[1]", "an object");
        data.Add("generation_config", "\"fast\"", "an object");
        data.Add("voice", "5", "an id");
        data.Add("voice", """["v"]""", "an id");
        data.Add("voice", "\"\\ude00\"", "a string of valid Unicode");
        data.Add("voice", """{"id":5}""", "voice.id must be a string");
        data.Add("output_format", "\"raw\"", "an object");
        data.Add("output_format", "[{}]", "an object");
        data.Add("output_format", """{"container":5}""", "output_format.container must be a string");
        data.Add("output_format", """{"container":"ogg"}""", "\"ogg\"; it must be raw, wav or mp3");
        data.Add("output_format", """{"encoding":[]}""", "output_format.encoding must be a string");
        data.Add("output_format", """{"encoding":"pcm_u8"}""", "\"pcm_u8\"; it must be one of pcm_f32le");
        data.Add("output_format", """{"sample_rate":"8000"}""", "output_format.sample_rate must be a whole number");
        data.Add("output_format", """{"bit_rate":"x"}""", "output_format.bit_rate must be a whole number");
        data.Add("output_format", """{"bit_rate":-1}""", "output_format.bit_rate must be a whole number from 0");
        foreach (var rate in (string[])["40", "0", "-8000", "8000.5", "1E+300"])
        {
            data.Add("output_format", $$"""{"sample_rate":{{rate}}}""", $"output_format.sample_rate is {rate}; it must be one of 8000, 16000");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(WrongMembers))]
    public void Parse_AWrongMember_NamesFieldAndRuleAndKeepsTheContextId(string field, string value, string rule)
    {
        var before = Parsed.Error($$"""{"context_id":"c1","{{field}}":{{value}},"transcript":"secret words"}""", out var idFirst);
        var after = Parsed.Error($$"""{"transcript":"secret words","{{field}}":{{value}},"context_id":"c1"}""", out var idLast);

        Assert.Equal("c1", idFirst.ContextId);
        Assert.Equal("c1", idLast.ContextId);
        Assert.Equal(before, after);
        Assert.StartsWith(field, before.Message, StringComparison.Ordinal);
        Assert.Contains(rule, before.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", before.Legacy, StringComparison.Ordinal);
        Assert.Contains(before.Code, (string?[])["invalid_request", "invalid_output_format"]);
    }

    [Theory]
    [InlineData("""{"sample_rate":40}""")]
    [InlineData("""{"sample_rate":0}""")]
    [InlineData("""{"encoding":"opus"}""")]
    [InlineData("""{"container":""}""")]
    public void Parse_AFormatThatIsNotOffered_HasTheFormatsCode(string format)
        => Assert.Equal("invalid_output_format", Parsed.Error($$"""{"output_format":{{format}}}""").Code);

    [Theory]
    [InlineData("5", "a string")]
    [InlineData("[\"c1\"]", "a string")]
    [InlineData("\"\"", "1 to 256 printable ASCII characters")]
    [InlineData("\"..\"", "not . or ..")]
    [InlineData("\"a/b\"", "other than /")]
    [InlineData("\"\u00e9\"", "ASCII")]
    [InlineData("\"a\\r\\nb\"", "printable")]
    [InlineData("\"\\udc00\"", "valid Unicode")]
    public void Parse_AWrongContextId_IsRefused(string id, string rule)
    {
        var error = Parsed.Error($$"""{"context_id":{{id}},"transcript":"a"}""");

        Assert.StartsWith("context_id must be", error.Message, StringComparison.Ordinal);
        Assert.Contains(rule, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ATooLongContextId_IsRefusedButStillNamed()
    {
        var longest = new string('x', IdRule.MaxLength);
        Assert.Equal(longest, Parsed.Valid($$"""{"context_id":"{{longest}}"}""").ContextId);

        var error = Parsed.Error($$"""{"context_id":"{{longest}}x"}""", out var message);

        Assert.StartsWith("context_id", error.Message, StringComparison.Ordinal);
        Assert.Equal(longest + "x", message.ContextId);
    }

    [Fact]
    public void Parse_SeveralWrongMembers_ReportsTheFirst()
        => Assert.StartsWith("flush must be", Parsed.Error("""{"flush":1,"continue":2,"voice":3}""").Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_ALongWrongName_IsShortenedWithoutHalvingACharacter()
    {
        var name = new string('x', 63) + "😀" + new string('y', 100_000);
        var error = Parsed.Error($$$"""{"output_format":{"container":"{{{name}}}"}}""");

        Assert.InRange(error.Message.Length, 64, 200);
        Assert.DoesNotContain(error.Message, char.IsSurrogate);
    }

    [Theory]
    [InlineData("""{"x":"?","context_id":"c1"}""")]
    [InlineData("""{"x":{"?":1},"context_id":"c1"}""")]
    [InlineData("""{"transcript":"?","context_id":"c1"}""")]
    [InlineData("""{"context_id":"c1","voice":{"id":"?"}}""")]
    [InlineData("""{"generation_config":{"emotion":"?"},"context_id":"c1"}""")]
    public void Parse_BytesThatAreNotUtf8_AreRefusedWithTheContextId(string json)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);
        utf8.AsSpan().Replace((byte)'?', (byte)0xC3);

        var error = ClientMessageParser.Parse(utf8, out var message);

        Assert.Equal("invalid_json", error?.Code);
        Assert.Contains("UTF-8", error!.Message, StringComparison.Ordinal);
        Assert.Equal("c1", message.ContextId);
    }

    [Fact]
    public void Catalogue_EveryParseError_IsTheClientsFault()
    {
        ProtocolError[] errors =
        [
            ErrorCatalogue.InvalidJson("x"), ErrorCatalogue.BinaryFrame, ErrorCatalogue.MessageTooLong(1), ErrorCatalogue.Missing("x"),
            ErrorCatalogue.VoiceForm, ErrorCatalogue.TranscriptTooLong(1), ErrorCatalogue.EmptyTranscript, ErrorCatalogue.ContextClosed,
        ];

        Assert.All(errors, error => Assert.Equal(400, error.StatusCode));
        Assert.All(errors, error => Assert.Equal($"{error.Title}: {error.Message}", error.Legacy));
    }
}
