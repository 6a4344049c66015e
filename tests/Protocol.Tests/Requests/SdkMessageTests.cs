using TtsGrains.Protocol.Audio;

namespace TtsGrains.Protocol.Tests.Requests;

/// <summary>Messages with the members, order and white space that clients in the field send.</summary>
public sealed class SdkMessageTests
{
    [Fact]
    public void PythonSdk_Push_OpensAContext()
    {
        const string json =
            """{"context_id":"6f0c2b1e-3c1c-4a57-9d2e-7d6a1c1f0b11","model_id":"sonic-3","transcript":"Hello there ","voice":"v-1","output_format":{"container":"raw","encoding":"pcm_s16le","sample_rate":16000},"continue":true,"add_timestamps":true,"max_buffer_delay_ms":0}""";

        var message = Parsed.Valid(json);
        var settings = Parsed.Settings(json);

        Assert.True(message is { Continue: true, Flush: false, Transcript: "Hello there " });
        Assert.Equal(new AudioFormat(AudioEncoding.PcmS16Le, 16000), settings.Format);
        Assert.True(settings is { AddTimestamps: true, MaxBufferDelayMs: 0, PassThrough.IsEmpty: true });
    }

    [Fact]
    public void PythonSdk_TextAndFlushTogether_AreBothRead()
    {
        var message = Parsed.Valid("""{"context_id":"c","model_id":"sonic-3","transcript":"text","voice":"v","continue":true,"flush":true}""");

        Assert.True(message is { HasText: true, Continue: true, Flush: true });
    }

    [Fact]
    public void PythonSdk_NoMoreInputsWithoutDefaults_ReadsItsFallbacks()
    {
        var message = Parsed.Valid(
            """{"context_id":"c","model_id":"sonic-latest","transcript":"","voice":{"mode":"id","id":"f786b574"},"output_format":{"container":"raw","encoding":"pcm_f32le","sample_rate":44100},"continue":false,"flush":null,"language":null,"duration":null}""");

        Assert.True(message is { HasText: false, Transcript: "", Continue: false, Flush: false, PassThrough.IsEmpty: true });
    }

    [Fact]
    public void PythonSdk_Cancel_IsPrettyPrinted()
    {
        var message = Parsed.Valid("{\n    \"cancel\": true,\n    \"context_id\": \"c-1\"\n}");

        Assert.True(message is { IsCancel: true, ContextId: "c-1" });
    }

    [Fact]
    public void PythonSdk2_FlushWithADummyEmbedding_IsRead()
    {
        var embedding = string.Join(", ", Enumerable.Repeat("0.0", 192));
        var message = Parsed.Valid(
            $$"""{"model_id": "sonic-english", "transcript": "", "voice": {"mode": "embedding", "embedding": [{{embedding}}]}, "output_format": {"container": "raw", "encoding": "pcm_f32le", "sample_rate": 44100}, "context_id": "c", "continue": true, "flush": true, "add_timestamps": false}""");

        Assert.True(message is { Flush: true, ContextId: "c", HasUnusableVoice: true });
    }

    [Fact]
    public void JsSdk_Push_HasItsOwnOrder()
    {
        const string json =
            """{"model_id":"sonic-3","output_format":{"container":"raw","encoding":"pcm_f32le","sample_rate":44100},"voice":{"mode":"id","id":"v-1"},"add_timestamps":true,"max_buffer_delay_ms":0,"transcript":"Hello there ","generation_config":{"speed":1.2,"emotion":"content"},"context_id":"c","continue":true}""";

        Assert.Equal("""{"speed":1.2,"emotion":"content"}""", Parsed.Text(Parsed.Valid(json).GenerationConfig));
        Assert.Equal(new AudioFormat(AudioEncoding.PcmF32Le, 44100), Parsed.Settings(json).Format);
        Assert.True(Parsed.Settings(json).PassThrough.IsEmpty);
    }

    [Fact]
    public void JsSdk_Send_WithoutContinueIsTheWholeUtterance()
        => Assert.False(Parsed.Valid(Parsed.Opening).Continue);

    [Fact]
    public void JsSdk_HalfAnEmoji_StaysInTheTranscript()
    {
        // JSON.stringify escapes a lone surrogate; the other half comes with the next push.
        Assert.Equal("Hi \ud83d", Parsed.Valid("""{"transcript":"Hi \ud83d","context_id":"c","continue":true}""").Transcript);
        Assert.Equal("\ude00 there", Parsed.Valid("""{"transcript":"\ude00 there","context_id":"c","continue":true}""").Transcript);
    }

    [Fact]
    public void LiveKit_AnExchange_OpensAndCloses()
    {
        const string first =
            """{"model_id":"sonic-3","voice":{"mode":"id","id":"voice-1"},"output_format":{"container":"raw","encoding":"pcm_s16le","sample_rate":24000},"language":"en","max_buffer_delay_ms":0,"add_timestamps":true,"context_id":"8cc63172-894","transcript":"First sentence here. ","continue":true}""";
        var settings = Parsed.Settings(first, ApiVersion.Parse("2025-04-16"));
        var last = Parsed.Valid("""{"context_id":"8cc63172-894","transcript":" ","continue":false}""");

        Assert.True(settings is { Language: "en", MaxBufferDelayMs: 0, VoiceId: "voice-1", Format.SampleRate: 24000 });
        Assert.True(last is { HasText: false, Continue: false, Flush: false, ContextId: "8cc63172-894" });
    }

    [Fact]
    public void Pipecat_ExplicitFalse_IsKept()
    {
        var settings = Parsed.Settings(
            """{"transcript": "Hi.", "continue": true, "context_id": "c", "model_id": "sonic-3", "voice": {"mode": "id", "id": "v"}, "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000}, "add_timestamps": true, "use_normalized_timestamps": false, "language": "en", "pronunciation_dict_id": "p-1"}""");

        Assert.False(settings.UseNormalizedTimestamps);
        Assert.Equal("p-1", settings.PronunciationDictId);
        Assert.Equal(""","language": "en" """.TrimEnd(), Parsed.Text(settings.PassThrough));
    }

    [Fact]
    public void Ten_ParametersOfItsUsers_ArePassedOn()
    {
        var settings = Parsed.Settings(
            """{"model_id": "sonic-2", "voice": {"mode": "id", "id": "v"}, "output_format": {"container": "raw", "sample_rate": 44100}, "language": "en", "speed": "slow", "context_id": "c", "transcript": "Hi", "continue": true}""",
            ApiVersion.Parse("2025-04-16"));

        Assert.Equal(AudioEncoding.PcmS16Le, settings.Format.Encoding);
        Assert.EndsWith(",\"speed\": \"slow\"", Parsed.Text(settings.PassThrough), StringComparison.Ordinal);
    }

    [Fact]
    public void TwilioBot_OfTheOldestVersion_DoesNotBuffer()
    {
        var settings = Parsed.Settings(
            """{"context_id":"violet-zoos-divide","model_id":"sonic-english","transcript":"Hi","duration":180,"voice":{"mode":"id","id":"v","__experimental_controls":{"speed":0}},"output_format":{"container":"raw","encoding":"pcm_mulaw","sample_rate":8000}}""",
            ApiVersion.Parse("2024-06-10"));

        Assert.Equal(new AudioFormat(AudioEncoding.PcmMulaw, 8000), settings.Format);
        Assert.Equal(0, settings.MaxBufferDelayMs);
        Assert.Equal(",\"duration\":180", Parsed.Text(settings.PassThrough));
    }
}
