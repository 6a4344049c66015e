using TtsGrains.Grains.Interfaces.Pronunciations;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>
/// <see cref="SpeechSettings"/> in a form that travels between grains, with the version that the client speaks.
/// The wire types stay free of Orleans.
/// </summary>
[GenerateSerializer, Immutable, Alias("tts.ContextSettings")]
public sealed record ContextSettings
{
    [Id(0)]
    public required string ApiVersion { get; init; }

    [Id(1)]
    public required string ModelId { get; init; }

    [Id(2)]
    public required string VoiceId { get; init; }

    /// <summary>The wire's name of the encoding.</summary>
    [Id(3)]
    public required string Encoding { get; init; }

    /// <summary>Hz.</summary>
    [Id(4)]
    public required int SampleRate { get; init; }

    [Id(5)]
    public string? Language { get; init; }

    [Id(6)]
    public string? Locale { get; init; }

    [Id(7)]
    public required int MaxBufferDelayMs { get; init; }

    [Id(8)]
    public bool AddTimestamps { get; init; }

    [Id(9)]
    public bool AddPhonemeTimestamps { get; init; }

    [Id(10)]
    public bool UseNormalizedTimestamps { get; init; }

    /// <summary>See <see cref="SpeechSettings.PassThrough"/>. Never written again.</summary>
    [Id(11)]
    public required byte[] PassThrough { get; init; }

    /// <summary>Whether nothing of the context must be archived.</summary>
    [Id(12)]
    public bool IsNotKept { get; init; }

    /// <summary>What the caller calls the session, if anything.</summary>
    [Id(13)]
    public string? Reference { get; init; }

    /// <summary>The id of the pronunciation dictionary that the client named; null if it named none.</summary>
    [Id(14)]
    public string? PronunciationDictId { get; init; }

    /// <summary>That dictionary, once it has been looked up.</summary>
    [Id(15)]
    public PronunciationDict? Pronunciations { get; init; }

    /// <summary>The span of the context, as a W3C <c>traceparent</c>; null if it is in no trace.</summary>
    [Id(16)]
    public string? TraceParent { get; init; }

    /// <summary>When the context gets a place at an upstream, compared with others of its tenant.</summary>
    [Id(17)]
    public PriorityClass Priority { get; init; } = PriorityClass.Live;

    /// <summary>The id of the API key that opened it; null when that is not known.</summary>
    [Id(18)]
    public string? KeyId { get; init; }

    /// <summary>When an owner in another process opened the context, by that process; null for an owner in the context's own.</summary>
    [Id(19)]
    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>The form of the audio.</summary>
    public AudioFormat Format => new(AudioNames.ParseEncoding(Encoding), SampleRate);

    /// <summary>Whether the client asked for frames of that kind.</summary>
    public bool Wants(FrameKind kind) => kind switch
    {
        FrameKind.Timestamps => AddTimestamps,
        FrameKind.PhonemeTimestamps => AddPhonemeTimestamps,
        _ => true,
    };

    public static ContextSettings From(SpeechSettings settings, ApiVersion version) => new()
    {
        ApiVersion = version.ToString(),
        ModelId = settings.ModelId,
        VoiceId = settings.VoiceId,
        Encoding = settings.Format.Encoding.ToWireName(),
        SampleRate = settings.Format.SampleRate,
        Language = settings.Language,
        Locale = settings.Locale,
        MaxBufferDelayMs = settings.MaxBufferDelayMs,
        AddTimestamps = settings.AddTimestamps,
        AddPhonemeTimestamps = settings.AddPhonemeTimestamps,
        UseNormalizedTimestamps = settings.UseNormalizedTimestamps,
        PassThrough = settings.PassThrough.ToArray(),
        PronunciationDictId = settings.PronunciationDictId,
    };

    public SpeechSettings ToSpeechSettings() => new()
    {
        ModelId = ModelId,
        VoiceId = VoiceId,
        Container = AudioContainer.Raw,
        Format = Format,
        Language = Language,
        Locale = Locale,
        MaxBufferDelayMs = MaxBufferDelayMs,
        AddTimestamps = AddTimestamps,
        AddPhonemeTimestamps = AddPhonemeTimestamps,
        UseNormalizedTimestamps = UseNormalizedTimestamps,
        PassThrough = PassThrough,
        PronunciationDictId = PronunciationDictId,
    };
}
