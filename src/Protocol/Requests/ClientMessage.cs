using TtsGrains.Protocol.Audio;

namespace TtsGrains.Protocol.Requests;

/// <summary>
/// One message of a client, as read: what it does not say is null, or the default that Cartesia documents.
/// Whether it may open a context is asked of <see cref="ContextOpening"/>.
/// </summary>
public sealed class ClientMessage
{
    /// <summary>The context it is about; null when the client named none.</summary>
    public string? ContextId { get; internal set; }

    /// <summary>Whether it cancels the context; then nothing else of it matters.</summary>
    public bool IsCancel { get; internal set; }

    /// <summary>The text to say, verbatim, with a lone surrogate where the client cut a pair; null when absent.</summary>
    public string? Transcript { get; internal set; }

    /// <summary>Whether more may follow. Absent and null mean no.</summary>
    public bool Continue { get; internal set; }

    /// <summary>Whether to speak all that is buffered and close the segment.</summary>
    public bool Flush { get; internal set; }

    public string? ModelId { get; internal set; }

    /// <summary>The voice, whichever of its three forms it came in; null when absent.</summary>
    public string? VoiceId { get; internal set; }

    /// <summary>Whether there was a <c>voice</c>, but without an id, such as an embedding. It cannot open a context.</summary>
    public bool HasUnusableVoice { get; internal set; }

    public AudioContainer Container { get; internal set; }

    public AudioEncoding Encoding { get; internal set; }

    /// <summary>Hz; 0 when absent.</summary>
    public int SampleRate { get; internal set; }

    public int? BitRate { get; internal set; }

    /// <summary>Whether there was an <c>output_format</c> at all.</summary>
    public bool HasOutputFormat { get; internal set; }

    public string? Language { get; internal set; }

    public string? Locale { get; internal set; }

    public int? MaxBufferDelayMs { get; internal set; }

    public bool AddTimestamps { get; internal set; }

    public bool AddPhonemeTimestamps { get; internal set; }

    public bool UseNormalizedTimestamps { get; internal set; }

    /// <summary>Whether the segment that the text belongs to may be archived; our own addition, never passed on.</summary>
    public bool IsArchived { get; internal set; } = true;

    /// <summary>
    /// The number of the push in its context, from 0, so that the client may send it again; null when it gives none. Our own addition, never passed
    /// on.
    /// </summary>
    public int? Input { get; internal set; }

    /// <summary>How much of the context's audio the client has played, ms; null if it does not say. Our own addition, never passed on.</summary>
    public int? PlayedMs { get; internal set; }

    /// <summary>The raw JSON of <c>generation_config</c>, the one setting that may change with every push; empty when absent.</summary>
    public ReadOnlyMemory<byte> GenerationConfig { get; internal set; }

    /// <summary>The id of a pronunciation dictionary; null when absent.</summary>
    public string? PronunciationDictId { get; internal set; }

    /// <summary>The raw JSON array of the entries of a pronunciation dictionary; empty when absent. Our own addition between the service and LocalVoice.</summary>
    public ReadOnlyMemory<byte> Pronunciations { get; internal set; }

    /// <summary>The members that we only pass on, each with a leading comma, as they came.</summary>
    public ReadOnlyMemory<byte> PassThrough { get; internal set; }

    /// <summary>Whether it has a transcript with anything but white space.</summary>
    public bool HasText => !string.IsNullOrWhiteSpace(Transcript);

    /// <summary>Adds what was found in a part of the message that could not be parsed.</summary>
    public void Complete(DamagedMessage damaged)
    {
        ContextId ??= damaged.ContextId;
        Continue |= damaged.Continue;
    }
}
