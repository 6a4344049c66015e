namespace TtsGrains.LocalVoice.Contexts;

/// <summary>What a context has to do next, in the order of its input.</summary>
internal abstract record SpeechItem
{
    private SpeechItem()
    {
    }

    /// <summary>Speak a piece of text.</summary>
    /// <param name="Text">The text as it was sent, without tags.</param>
    /// <param name="Config">How it is spoken.</param>
    /// <param name="StartsLine">True if it begins at the start of a line.</param>
    /// <param name="Spelled">Ranges of the text, in UTF-16 code units, that are spelled out.</param>
    public sealed record Clause(string Text, GenerationConfig Config, bool StartsLine = false, IReadOnlyList<Range>? Spelled = null) : SpeechItem;

    /// <summary>Be silent for a while.</summary>
    public sealed record Silence(double Seconds) : SpeechItem;

    /// <summary>The client flushed here.</summary>
    public sealed record Flush(int FlushId) : SpeechItem;

    /// <summary>Nothing follows.</summary>
    public sealed record End : SpeechItem;
}
