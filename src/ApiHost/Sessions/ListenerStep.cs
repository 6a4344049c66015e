namespace TtsGrains.ApiHost.Sessions;

/// <summary>What a listener is to do next.</summary>
/// <param name="Track">The context that it is about.</param>
/// <param name="From">The offset of the first frame.</param>
/// <param name="ToRead">How many frames to read from the log at most; 0 when they are here.</param>
/// <param name="Batch">The frames, some of which may lie before <paramref name="From"/>; null when they must be read.</param>
internal readonly record struct ListenerStep(ListenerTrack Track, int From, int ToRead, SharedBatch? Batch)
{
    /// <summary>Nothing is to be given.</summary>
    public static ListenerStep Nothing => default;

    /// <summary>Whether this is <see cref="Nothing"/>.</summary>
    public bool IsNothing => Track is null;
}
