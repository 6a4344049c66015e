using System.ComponentModel;
using System.Text.Json;

namespace TtsGrains.ApiHost.OpenApi;

/// <summary>An error of the routes of the Cartesia protocol. API versions before 2026-03-01 get it as text.</summary>
internal sealed record ErrorDocument(
    [property: Description("Names the kind of error, such as invalid_request.")] string ErrorCode,
    [property: Description("The kind of error in words.")] string Title,
    [property: Description("What is wrong, with the field and the rule.")] string Message,
    [property: Description("The id of the request, as in the header X-Request-Id.")] string RequestId);

/// <summary>What <c>GET /</c> answers.</summary>
internal sealed record StatusDocument(
    [property: Description("True.")] bool Ok,
    [property: Description("The newest API version.")] string Version);

/// <summary>What is to be spoken over HTTP.</summary>
internal sealed record SpeechDocument
{
    [Description("The model, such as sonic-latest.")]
    public required string ModelId { get; init; }

    [Description("The text.")]
    public required string Transcript { get; init; }

    [Description("The voice: its id, or an object with the member id.")]
    public required JsonElement Voice { get; init; }

    [Description("The form of the audio.")]
    public required OutputFormatDocument OutputFormat { get; init; }

    [Description("The language, such as en; not together with locale.")]
    public string? Language { get; init; }

    [Description("The locale, such as en-GB; not together with language.")]
    public string? Locale { get; init; }

    [Description("auto, off, or a locale.")]
    public string? Normalization { get; init; }

    [Description("Speed, volume and emotion.")]
    public GenerationConfigDocument? GenerationConfig { get; init; }

    [Description("A pronunciation dictionary.")]
    public string? PronunciationDictId { get; init; }

    [Description("The id of the context; a new one by default.")]
    public string? ContextId { get; init; }

    [Description("True for the times of words, with /tts/sse.")]
    public bool? AddTimestamps { get; init; }

    [Description("True for the times of phonemes, with /tts/sse.")]
    public bool? AddPhonemeTimestamps { get; init; }

    [Description("False keeps the text out of the archive.")]
    public bool? Archive { get; init; }
}

/// <summary>The form of the audio.</summary>
internal sealed record OutputFormatDocument(
    [property: Description("raw; with /tts/bytes also wav or mp3.")] string Container,
    [property: Description("pcm_f32le, pcm_s16le, pcm_mulaw or pcm_alaw; none for mp3.")] string? Encoding,
    [property: Description("Samples per second, Hz: 8000, 16000, 22050, 24000, 44100 or 48000.")] int SampleRate,
    [property: Description("For mp3, bits per second: 32000, 64000, 96000, 128000 or 192000.")] int? BitRate);

/// <summary>How it is spoken.</summary>
internal sealed record GenerationConfigDocument(
    [property: Description("0.6 to 1.5; 1 by default.")] double? Speed,
    [property: Description("0.5 to 2.0; 1 by default.")] double? Volume,
    [property: Description("The emotion, such as calm.")] string? Emotion);
