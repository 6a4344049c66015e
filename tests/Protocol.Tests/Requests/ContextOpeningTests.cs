using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Protocol.Tests.Requests;

public sealed class ContextOpeningTests
{
    [Fact]
    public void Check_AFullMessage_GivesItsSettings()
    {
        var settings = Parsed.Settings(
            """
            {"transcript":"","model_id":"sonic-3","voice":{"id":"v"},"output_format":{"container":"raw","encoding":"pcm_mulaw","sample_rate":8000},
             "max_buffer_delay_ms":0,"add_timestamps":true,"add_phoneme_timestamps":true,"use_normalized_timestamps":true,"language":"de","x":[1]}
            """);

        Assert.Equal("sonic-3", settings.ModelId);
        Assert.Equal("v", settings.VoiceId);
        Assert.Equal(new AudioFormat(AudioEncoding.PcmMulaw, 8000), settings.Format);
        Assert.Equal(AudioContainer.Raw, settings.Container);
        Assert.Equal("de", settings.Language);
        Assert.Null(settings.Locale);
        Assert.Equal(0, settings.MaxBufferDelayMs);
        Assert.True(settings is { AddTimestamps: true, AddPhonemeTimestamps: true, UseNormalizedTimestamps: true });
        Assert.Equal(""","language":"de","x":[1]""", Parsed.Text(settings.PassThrough));
    }

    [Theory]
    [InlineData("2024-06-10", 0)]
    [InlineData("2024-11-13", 0)]
    [InlineData("2025-04-16", 3000)]
    [InlineData("2026-08-14", 3000)]
    [InlineData("whatever", 3000)]
    [InlineData(null, 3000)]
    public void Check_NoBufferDelay_IsTheDefaultOfTheVersion(string? version, int delayMs)
    {
        Assert.Equal(delayMs, Parsed.Settings(Parsed.Opening, ApiVersion.Parse(version)).MaxBufferDelayMs);
        Assert.Equal(70, Parsed.Settings("""{"max_buffer_delay_ms":70,""" + Parsed.Opening[1..], ApiVersion.Parse(version)).MaxBufferDelayMs);
    }

    [Theory]
    [InlineData("model_id", "model_id", "null")]
    [InlineData("model_id", "model_id", "\"\"")]
    [InlineData("transcript", "transcript", "null")]
    [InlineData("voice", "voice", "null")]
    [InlineData("output_format", "output_format", "null")]
    [InlineData("output_format.sample_rate", "output_format", """{"container":"raw","encoding":"pcm_s16le"}""")]
    public void Check_AMissingField_IsNamed(string missing, string member, string value)
    {
        var message = Parsed.Valid($$"""{{WithoutMember(member)}},"{{member}}":{{value}}}""");

        var error = ContextOpening.Check(message, ApiVersion.Newest, out var settings);

        Assert.Equal(ErrorCatalogue.Missing(missing), error);
        Assert.Null(settings);
    }

    [Theory]
    [InlineData("""{"mode":"embedding","embedding":[0.1,-0.2]}""")]
    [InlineData("""{"mode":"id"}""")]
    [InlineData("""{"id":null}""")]
    [InlineData("""{"id":""}""")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    public void Check_AVoiceWithoutAnId_IsRefusedOnOpeningOnly(string voice)
    {
        // A version 2 SDK flushes an open context with a dummy embedding, so that reading it must not fail.
        var message = Parsed.Valid($$"""{"voice":{{voice}},{{Parsed.Opening.Replace("\"voice\":\"v-1\",", "", StringComparison.Ordinal)[1..]}}""");

        Assert.Equal("c1", message.ContextId);
        Assert.Equal(ErrorCatalogue.VoiceForm, ContextOpening.Check(message, ApiVersion.Newest, out var settings));
        Assert.Null(settings);
    }

    [Fact]
    public void Check_LanguageAndLocale_ExcludeEachOther()
    {
        var message = Parsed.Valid("""{"language":"en","locale":"en-GB",""" + Parsed.Opening[1..]);

        Assert.Equal(ErrorCatalogue.Exclusive("language", "locale"), ContextOpening.Check(message, ApiVersion.Newest, out _));
        Assert.Equal("en-GB", Parsed.Settings("""{"language":null,"locale":"en-GB",""" + Parsed.Opening[1..]).Locale);
    }

    [Theory]
    [InlineData("wav", AudioContainer.Wav)]
    [InlineData("mp3", AudioContainer.Mp3)]
    public void Check_AWrappedContainer_IsForBytesOnly(string name, AudioContainer container)
    {
        var message = Parsed.Valid(Parsed.Opening.Replace("\"raw\"", $"\"{name}\",\"bit_rate\":64000", StringComparison.Ordinal));

        var error = ContextOpening.Check(message, ApiVersion.Newest, out var none);
        Assert.Equal("invalid_output_format", error?.Code);
        Assert.Contains(name, error!.Message, StringComparison.Ordinal);
        Assert.Null(none);

        Assert.Null(ContextOpening.CheckAnyContainer(message, ApiVersion.Newest, out var settings));
        Assert.Equal(container, settings?.Container);
        Assert.Equal(64000, settings?.BitRate);
    }

    [Theory]
    [InlineData("""{"container":"raw","sample_rate":44100}""")]
    [InlineData("""{"sample_rate":44100,"encoding":""}""")]
    [InlineData("""{"container":"raw","encoding":null,"sample_rate":44100}""")]
    public void Check_NoEncoding_IsSixteenBitSamples(string format)
    {
        var settings = Parsed.Settings($$"""{{WithoutMember("output_format")}},"output_format":{{format}}}""");

        Assert.Equal(new AudioFormat(AudioEncoding.PcmS16Le, 44100), settings.Format);
        Assert.Equal(AudioContainer.Raw, settings.Container);
    }

    private static string WithoutMember(string member)
    {
        using var json = System.Text.Json.JsonDocument.Parse(Parsed.Opening);
        return "{" + string.Join(",", json.RootElement.EnumerateObject().Where(one => one.Name != member).Select(one => one.ToString()));
    }
}
