namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>Where a context stands. Zero is a context that was never opened: it takes nothing.</summary>
internal enum ContextPhase : byte
{
    None = 0,

    /// <summary>Takes pushes.</summary>
    Open = 1,

    /// <summary>Has taken its last push; what was pushed is still being spoken.</summary>
    Draining = 2,

    /// <summary>Has come to its end.</summary>
    Closed = 3,
}

/// <summary>All that the lifecycle rules need to know of a context.</summary>
/// <param name="Phase">The phase of its life.</param>
/// <param name="IsUpstreamLive">Whether an upstream context is open for it.</param>
/// <param name="Held">Text that waits: for something speakable while no upstream context is open, and at its end for the rest of a tag or of a surrogate pair.</param>
/// <param name="SegmentSpeaks">Whether the open segment has anything to say.</param>
/// <param name="HasLateText">Whether text came after the last push; then the context ends with an error instead of <c>done</c>.</param>
internal sealed record ContextState(ContextPhase Phase, bool IsUpstreamLive, string Held, bool SegmentSpeaks, bool HasLateText)
{
    /// <summary>The <c>generation_config</c> that came with held text; null for no change.</summary>
    public byte[]? HeldConfig { get; init; }

    public static ContextState New { get; } = new(ContextPhase.Open, IsUpstreamLive: false, Held: "", SegmentSpeaks: false, HasLateText: false);
}
