using TtsGrains.Protocol.Audio;

namespace TtsGrains.Protocol.Requests;

/// <summary>
/// What the first message of a context fixes for its whole life. Later messages repeat it; what they say differently is ignored,
/// but for <c>generation_config</c>.
/// </summary>
public sealed record SpeechSettings
{
    /// <summary>The model, as the client named it.</summary>
    public required string ModelId { get; init; }

    /// <summary>The voice, whichever of its three forms it came in.</summary>
    public required string VoiceId { get; init; }

    /// <summary>The form of the audio.</summary>
    public required AudioFormat Format { get; init; }

    /// <summary>What the audio is wrapped in; always raw on the WebSocket.</summary>
    public required AudioContainer Container { get; init; }

    /// <summary>mp3 only: bits per second.</summary>
    public int? BitRate { get; init; }

    /// <summary>The language code, when the client named one.</summary>
    public string? Language { get; init; }

    /// <summary>The locale, when the client named one instead of a language.</summary>
    public string? Locale { get; init; }

    /// <summary>How long text may wait for more, ms; 0 speaks every message at once.</summary>
    public required int MaxBufferDelayMs { get; init; }

    /// <summary>Whether the client wants word timestamps.</summary>
    public bool AddTimestamps { get; init; }

    /// <summary>Whether the client wants phoneme timestamps.</summary>
    public bool AddPhonemeTimestamps { get; init; }

    /// <summary>Whether words of timestamps are as spoken rather than as written.</summary>
    public bool UseNormalizedTimestamps { get; init; }

    /// <summary>The id of the pronunciation dictionary; null for none.</summary>
    public string? PronunciationDictId { get; init; }

    /// <summary>The entries of the pronunciation dictionary as a JSON array, in place of its id; empty for none. Our own addition, read by LocalVoice.</summary>
    public ReadOnlyMemory<byte> Pronunciations { get; init; }

    /// <summary>
    /// The other members of the message as JSON text, each with a leading comma: passed on untouched, known to us or not.
    /// </summary>
    public required ReadOnlyMemory<byte> PassThrough { get; init; }
}
