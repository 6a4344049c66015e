namespace TtsGrains.LocalVoice.Contexts;

/// <summary>What a context has to do next, in the order of its input.</summary>
internal abstract record SpeechItem
{
    private SpeechItem()
    {
    }

    /// <summary>Say a piece of text.</summary>
    public sealed record Clause(string Text, GenerationConfig Config) : SpeechItem;

    /// <summary>The client flushed here.</summary>
    public sealed record Flush(int FlushId) : SpeechItem;

    /// <summary>Nothing follows.</summary>
    public sealed record End : SpeechItem;
}
