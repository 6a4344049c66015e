using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>
/// The last seam of the segment that is being spoken: since then, words that were told but not finished before have other times than the
/// client was told.
/// </summary>
/// <param name="anchorWords">Behind how many words it went on.</param>
/// <param name="anchorSeconds">The time that they begin at, s from the context's start.</param>
/// <param name="words">The words before it.</param>
internal sealed class SegmentSeam(int anchorWords, double anchorSeconds, IEnumerable<TimedText> words)
{
    public int AnchorWords => anchorWords;

    public double AnchorSeconds => anchorSeconds;

    /// <summary>The words with their true times: those before the seam, then what the attempt behind it has told.</summary>
    public List<TimedText> Words { get; } = [.. words];
}
