using TtsGrains.Protocol.Audio;

namespace TtsGrains.Client.Contexts;

/// <summary>How one utterance is to sound. The same for all of its pushes.</summary>
public sealed record TtsContextOptions
{
    /// <summary>The voice's id.</summary>
    public required string Voice { get; init; }

    /// <summary>The model's id. Default <c>sonic-latest</c>.</summary>
    public string Model { get; init; } = "sonic-latest";

    /// <summary>The form of the audio. Default 16-bit samples at 24 kHz.</summary>
    public AudioFormat Format { get; init; } = new(AudioEncoding.PcmS16Le, 24000);

    /// <summary>Names the context; unique in its session. Null makes a new name.</summary>
    public string? ContextId { get; init; }

    /// <summary>The language's code, such as <c>en</c>; not together with <see cref="Locale"/>.</summary>
    public string? Language { get; init; }

    /// <summary>The locale, such as <c>en-GB</c>; not together with <see cref="Language"/>.</summary>
    public string? Locale { get; init; }

    /// <summary>How long the service may hold text back for more, 0 to 5000 ms; 0 speaks every push at once. Null for the service's default.</summary>
    public int? MaxBufferDelayMs { get; init; }

    /// <summary>Whether <see cref="Events.WordsEvent"/>s are wanted.</summary>
    public bool Words { get; init; }

    /// <summary>Whether <see cref="Events.PhonemesEvent"/>s are wanted.</summary>
    public bool Phonemes { get; init; }

    /// <summary>Whether words of events are as spoken ("twenty") rather than as written ("20").</summary>
    public bool NormalizedWords { get; init; }

    /// <summary>How the first text is spoken; a push may change it.</summary>
    public Expression? Expression { get; init; }

    /// <summary>Whether the service keeps the audio of this context. Default: as the client's options say.</summary>
    public bool Archive { get; init; } = true;
}

/// <summary>How a text is spoken. What is null is the voice's own.</summary>
/// <param name="Speed">0.6 to 1.5; 1 is the voice's own.</param>
/// <param name="Volume">0.5 to 2; 1 is the voice's own.</param>
/// <param name="Emotion">A name such as <c>calm</c>.</param>
public sealed record Expression(double? Speed = null, double? Volume = null, string? Emotion = null);
