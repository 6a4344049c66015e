using System.Text;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Protocol.Tests.Requests;

public sealed class ClientMessageParserTests
{
    [Fact]
    public void Parse_EveryField_IsRead()
    {
        var message = Parsed.Valid(
            """
            {"context_id":"c1","model_id":"sonic-3","transcript":"Hi","voice":"v-1","language":"en","locale":"en-GB",
             "output_format":{"container":"wav","encoding":"pcm_alaw","sample_rate":8000,"bit_rate":64000},
             "continue":true,"flush":true,"max_buffer_delay_ms":250,"add_timestamps":true,"add_phoneme_timestamps":true,
             "use_normalized_timestamps":true,"archive":false,"input":7,"generation_config":{"speed":1.1,"emotion":["calm"]}}
            """);

        Assert.Equal("c1", message.ContextId);
        Assert.Equal("sonic-3", message.ModelId);
        Assert.Equal("Hi", message.Transcript);
        Assert.Equal("v-1", message.VoiceId);
        Assert.Equal("en", message.Language);
        Assert.Equal("en-GB", message.Locale);
        Assert.Equal(AudioContainer.Wav, message.Container);
        Assert.Equal(AudioEncoding.PcmAlaw, message.Encoding);
        Assert.Equal(8000, message.SampleRate);
        Assert.Equal(64000, message.BitRate);
        Assert.Equal(250, message.MaxBufferDelayMs);
        Assert.True(message is { Continue: true, Flush: true, IsCancel: false, HasOutputFormat: true });
        Assert.True(message is { AddTimestamps: true, AddPhonemeTimestamps: true, UseNormalizedTimestamps: true });
        Assert.True(message is { IsArchived: false, Input: 7 });
        Assert.Equal("""{"speed":1.1,"emotion":["calm"]}""", Parsed.Text(message.GenerationConfig));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7.0", 7)]
    [InlineData("2147483647", int.MaxValue)]
    public void Parse_OurOwnMembers_AreReadAndNotPassedOn(string given, int number)
    {
        var message = Parsed.Valid($$"""{"input":{{given}},"played_ms":{{given}},"context_id":"c1","archive":true,"theirs":1}""");

        Assert.Equal((number, number), (message.Input, message.PlayedMs));
        Assert.Equal(""","theirs":1""", Parsed.Text(message.PassThrough));
    }

    [Fact]
    public void Parse_AnEmptyObject_HasTheDocumentedDefaults()
    {
        var message = Parsed.Valid("{}");

        Assert.True(message is { ContextId: null, Transcript: null, ModelId: null, VoiceId: null, MaxBufferDelayMs: null, HasText: false });
        Assert.True(message is { IsCancel: false, Continue: false, Flush: false, HasOutputFormat: false, HasUnusableVoice: false });
        Assert.True(message is { AddTimestamps: false, AddPhonemeTimestamps: false, UseNormalizedTimestamps: false, IsArchived: true, Input: null });
        Assert.True(message.GenerationConfig.IsEmpty);
        Assert.True(message.PassThrough.IsEmpty);
    }

    [Theory]
    [InlineData("context_id")]
    [InlineData("transcript")]
    [InlineData("model_id")]
    [InlineData("voice")]
    [InlineData("output_format")]
    [InlineData("language")]
    [InlineData("locale")]
    [InlineData("normalization")]
    [InlineData("continue")]
    [InlineData("flush")]
    [InlineData("cancel")]
    [InlineData("max_buffer_delay_ms")]
    [InlineData("add_timestamps")]
    [InlineData("add_phoneme_timestamps")]
    [InlineData("use_normalized_timestamps")]
    [InlineData("use_original_timestamps")]
    [InlineData("archive")]
    [InlineData("input")]
    [InlineData("played_ms")]
    [InlineData("generation_config")]
    [InlineData("pronunciation_dict_id")]
    [InlineData("never_heard_of")]
    public void Parse_ANull_IsTheSameAsAbsent(string field)
    {
        var message = Parsed.Valid($$"""{"{{field}}":null}""");

        Assert.Equivalent(Parsed.Valid("{}"), message);
        Assert.True(message.PassThrough.IsEmpty);
    }

    [Fact]
    public void Parse_NullsInOutputFormat_AreTheSameAsAbsent()
    {
        var message = Parsed.Valid("""{"output_format":{"container":null,"encoding":null,"sample_rate":null,"bit_rate":null,"x":[1]}}""");

        Assert.True(message is { HasOutputFormat: true, Container: AudioContainer.None, Encoding: AudioEncoding.None, SampleRate: 0, BitRate: null });
    }

    [Theory]
    [InlineData(""" "v-1" """)]
    [InlineData("""{"id":"v-1"}""")]
    [InlineData("""{"mode":"id","id":"v-1"}""")]
    [InlineData("""{"id":"v-1","mode":"id","__experimental_controls":{"speed":"fast","emotion":["positivity:high"]},"id2":{"id":"other"}}""")]
    public void Parse_EachFormOfAVoice_GivesItsId(string voice)
    {
        var message = Parsed.Valid($$"""{"voice":{{voice}}}""");

        Assert.Equal("v-1", message.VoiceId);
        Assert.False(message.HasUnusableVoice);
    }

    [Fact]
    public void Parse_AnotherOrderPrettyPrinted_ReadsTheSame()
    {
        var message = Parsed.Valid(
            """
              {
                "output_format" : { "sample_rate" : 16000,
                    "encoding" : "pcm_s16le" , "container" : "raw" } ,
                "continue" : true,
                "voice" : { "id" : "v-1" , "mode" : "id" } ,
                "transcript" : "Hello there ",
                "model_id" : "sonic-3",
                "context_id" : "c1"
              }
            """);

        Assert.Equivalent(Parsed.Valid(Parsed.Opening.Replace("\"context_id\"", "\"continue\":true,\"context_id\"", StringComparison.Ordinal)), message);
    }

    [Fact]
    public void Parse_EscapedNamesAndValues_AreUnescaped()
    {
        var message = Parsed.Valid("""{"contex\u0074_id":"\u0063\"1~","transcript":"a\tb\u0000c\u00e9\ud83d\ude00\/"}""");

        Assert.Equal("c\"1~", message.ContextId);
        Assert.Equal("a\tb\0cé😀/", message.Transcript);
        Assert.True(message.PassThrough.IsEmpty);
    }

    [Theory]
    [InlineData("""{"x":1}""", ""","x":1""")]
    [InlineData("""{"normalization":"off","duration":2.50}""", ""","normalization":"off","duration":2.50""")]
    [InlineData("""{ "a" : { "b" : [ 1 , {"c": null} ] } , "transcript":"t", "d" : "\u00e9\/é\n" }""", ""","a" : { "b" : [ 1 , {"c": null} ] },"d" : "\u00e9\/é\n" """)]
    [InlineData("""{"language":"en","locale":null,"big":1e999,"t":true}""", ""","language":"en","big":1e999,"t":true""")]
    [InlineData("""{"\u0078":"y","context_id":"c"}""", ""","\u0078":"y" """)]
    public void Parse_MembersItDoesNotKnow_ArePassedOnVerbatim(string json, string passThrough)
        => Assert.Equal(passThrough.TrimEnd(), Parsed.Text(Parsed.Valid(json).PassThrough));

    [Fact]
    public void Parse_AMemberTwice_TakesTheLast()
    {
        var message = Parsed.Valid("""{"context_id":"a","continue":true,"context_id":"b","continue":false,"voice":{"embedding":[1]},"voice":"v"}""");

        Assert.True(message is { ContextId: "b", Continue: false, VoiceId: "v", HasUnusableVoice: false });
    }

    [Theory]
    [InlineData("""{"cancel":true,"context_id":"c1"}""", true)]
    [InlineData("{\n  \"context_id\": \"c1\",\n  \"cancel\": true\n}", true)]
    [InlineData("""{"cancel":false,"context_id":"c1"}""", false)]
    public void Parse_Cancel_OnlyWhenTrue(string json, bool cancels)
    {
        var message = Parsed.Valid(json);

        Assert.Equal("c1", message.ContextId);
        Assert.Equal(cancels, message.IsCancel);
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", true)]
    public void Parse_UseOriginalTimestamps_IsTheInverse(string original, bool normalized)
        => Assert.Equal(normalized, Parsed.Valid($$"""{"use_original_timestamps":{{original}}}""").UseNormalizedTimestamps);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("5000", 5000)]
    [InlineData("3e3", 3000)]
    [InlineData("250.0", 250)]
    public void Parse_WholeNumbers_InAnyNotation(string number, int value)
        => Assert.Equal(value, Parsed.Valid($$"""{"max_buffer_delay_ms":{{number}}}""").MaxBufferDelayMs);

    [Theory]
    [InlineData("", false)]
    [InlineData(" \t\n", false)]
    [InlineData(".", true)]
    [InlineData(" a", true)]
    public void HasText_WhiteSpaceOnly_IsFalse(string transcript, bool hasText)
        => Assert.Equal(hasText, Parsed.Valid($$"""{"transcript":{{System.Text.Json.JsonSerializer.Serialize(transcript)}}}""").HasText);

    [Fact]
    public void Parse_AMegabyteOfText_IsReadVerbatim()
    {
        var text = string.Concat(Enumerable.Repeat("Straße \"😀\" ", 90_000));
        var message = Parsed.Valid($$"""{"transcript":{{System.Text.Json.JsonSerializer.Serialize(text)}}}""");

        Assert.Equal(text, message.Transcript);
    }

    [Fact]
    public void Parse_TheInputChangesAfterwards_TheMessageDoesNot()
    {
        var utf8 = Encoding.UTF8.GetBytes("""{"x":"keep","generation_config":{"speed":1},"transcript":"keep"}""");
        Assert.Null(ClientMessageParser.Parse(utf8, out var message));

        utf8.AsSpan().Fill((byte)'!');

        Assert.Equal(""","x":"keep" """.TrimEnd(), Parsed.Text(message.PassThrough));
        Assert.Equal("""{"speed":1}""", Parsed.Text(message.GenerationConfig));
        Assert.Equal("keep", message.Transcript);
    }

    [Fact]
    public void Parse_UnknownMembersOfAMebibyte_PassesOnOnlyWhatFits()
    {
        var message = Parsed.Valid($$"""{"x":"keep","y":"{{new string('y', 1024 * 1024)}}","z":1}""");

        Assert.Equal(""","x":"keep","z":1""", Parsed.Text(message.PassThrough));
    }

    [Fact]
    public void GenerationConfig_TooLarge_IsRefusedByName()
    {
        var large = $"{{\"context_id\":\"c\",\"transcript\":\"a\",\"generation_config\":{{\"x\":\"{new string('x', ClientMessageParser.MaxGenerationConfigBytes)}\"}}}}";

        var error = ClientMessageParser.Parse(System.Text.Encoding.UTF8.GetBytes(large), out var message);

        Assert.Equal(400, error!.StatusCode);
        Assert.Contains("generation_config", error.Message, StringComparison.Ordinal);
        Assert.Equal("c", message.ContextId);
    }
}
