using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Protocol.Tests.Requests;

public sealed class UpstreamRequestWriterTests
{
    private static readonly SpeechSettings Settings = new()
    {
        ModelId = "sonic-3\"\\\n",
        VoiceId = "v\"é😀",
        Format = new AudioFormat(AudioEncoding.PcmF32Le, 44100),
        Container = AudioContainer.Wav,
        Language = "en",
        MaxBufferDelayMs = 120,
        AddPhonemeTimestamps = true,
        UseNormalizedTimestamps = true,
        PassThrough = Encoding.UTF8.GetBytes(""","language":"en","x" : { "y": "\u00e9" }"""),
    };

    [Theory]
    [InlineData("2025-11-04")]
    [InlineData("2026-08-14")]
    public void WritePush_ReadBack_HasTheSameSettings(string version)
    {
        var read = Parsed.Settings(Push("Hi", false, false, version: version), ApiVersion.Parse(version));

        // The upstream only ever sends raw audio, and is always asked for word times.
        var expected = Settings with { Container = AudioContainer.Raw, AddTimestamps = true, PassThrough = default };
        Assert.Equal(expected, read with { PassThrough = default });
        Assert.Equal(Parsed.Text(Settings.PassThrough), Parsed.Text(read.PassThrough));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void WritePush_FlushAndEnd_AreSaid(bool flush, bool isLast)
    {
        var message = Parsed.Valid(Push("", flush, isLast));

        Assert.True(message is { ContextId: "up-1", Transcript: "", IsCancel: false });
        Assert.Equal(flush, message.Flush);
        Assert.Equal(!isLast, message.Continue);
        Assert.True(message.GenerationConfig.IsEmpty);
    }

    [Fact]
    public void WritePush_AGenerationConfig_IsRepeatedVerbatim()
    {
        const string config = """{ "speed" : 1.10, "emotion": ["calm"] }""";

        Assert.Equal(config, Parsed.Text(Parsed.Valid(Push("Hi", false, false, config)).GenerationConfig));
    }

    [Theory]
    [InlineData("2025-11-04", """{"mode":"id","id":"v-1"}""")]
    [InlineData("2026-03-01", """{"mode":"id","id":"v-1"}""")]
    [InlineData("2026-08-14", "\"v-1\"")]
    public void WritePush_TheVoice_HasTheFormOfTheVersion(string version, string voice)
    {
        using var json = JsonDocument.Parse(Push("Hi", false, false, settings: Settings with { VoiceId = "v-1" }, version: version));

        Assert.Equal(voice, json.RootElement.GetProperty("voice").GetRawText());
    }

    [Fact]
    public void WritePush_NothingToPassOn_IsStillOneObject()
        => Assert.True(Parsed.Settings(Push("Hi", true, true, settings: Settings with { PassThrough = default })).PassThrough.IsEmpty);

    [Fact]
    public void WritePush_MembersThatLookLikeOurs_ComeBeforeOurs()
    {
        // To an upstream that ignores case they are the same member, and the last one counts.
        var hostile = Settings with { PassThrough = Encoding.UTF8.GetBytes(""","Context_Id":"other","CONTINUE":true,"Output_Format":{}""") };
        using var json = JsonDocument.Parse(Push("Hi", false, true, settings: hostile));

        foreach (var name in (string[])["context_id", "continue", "output_format"])
        {
            Assert.Equal(name, json.RootElement.EnumerateObject().Last(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Name);
        }
    }

    [Fact]
    public void WritePush_PronunciationDict_IsNamedInEveryMessage()
        => Assert.Equal("dict-1", Parsed.Valid(Push("Hi", false, false, settings: Settings with { PronunciationDictId = "dict-1" })).PronunciationDictId);

    [Fact]
    public void WritePush_Pronunciations_AreInTheFirstMessageOnly()
    {
        var writer = new UpstreamRequestWriter("up-1", Settings with { Pronunciations = """[{"text":"a","alias":"b"}]"""u8.ToArray() }, ApiVersion.Newest);
        var (first, second) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        writer.WritePush(first, "a", flush: false, isLast: false, default);
        writer.WritePush(second, "a", flush: false, isLast: true, default);

        Assert.Equal("""[{"text":"a","alias":"b"}]""", Parsed.Text(Parsed.Valid(Encoding.UTF8.GetString(first.WrittenSpan)).Pronunciations));
        Assert.True(Parsed.Valid(Encoding.UTF8.GetString(second.WrittenSpan)).Pronunciations.IsEmpty);
    }

    [Fact]
    public void WriteCancel_NamesTheContextAndNothingElse()
    {
        var output = new ArrayBufferWriter<byte>();
        new UpstreamRequestWriter("up-1", Settings, ApiVersion.Newest).WriteCancel(output);

        Assert.Equal("""{"context_id":"up-1","cancel":true}""", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void WritePush_AnyText_ArrivesVerbatim()
        => Mutations.Hold(Prop.ForAll<string>(text =>
        {
            var valid = string.Concat((text ?? "").EnumerateRunes());
            return Parsed.Valid(Push(valid, false, false)).Transcript == valid;
        }));

    [Theory]
    [InlineData("\"quoted\" \\ back/slash \0\u0001\u001f\u007f\u0085\u2028\u2029\uFEFF\uFFFE <&'+> é ß 日本 😀👩‍👩‍👧 \r\n\t")]
    [InlineData("")]
    public void WritePush_AwkwardText_ArrivesVerbatim(string text)
        => Assert.Equal(text, Parsed.Valid(Push(text, false, false)).Transcript);

    [Fact]
    public void WritePush_HalfASurrogatePair_IsReplaced()
        => Assert.Equal("a\uFFFDb", Parsed.Valid(Push("a\ud83db", false, false)).Transcript);

    private static string Push(
        string transcript, bool flush, bool isLast, string generationConfig = "", SpeechSettings? settings = null, string version = "2026-03-01")
    {
        var output = new ArrayBufferWriter<byte>();
        new UpstreamRequestWriter("up-1", settings ?? Settings, ApiVersion.Parse(version))
            .WritePush(output, transcript, flush, isLast, Encoding.UTF8.GetBytes(generationConfig));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
