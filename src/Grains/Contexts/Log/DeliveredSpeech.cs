using System.Collections.Immutable;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>
/// What a log holds of the segment that is being spoken, as far as a finished upstream context has not spoken it to its end: all that is
/// needed to go on from there.
/// </summary>
/// <param name="Format">The form of the audio.</param>
/// <param name="Segment">The segment's number, from 1.</param>
/// <param name="SegmentBytes">Bytes of audio in the segment.</param>
/// <param name="Bytes">Those of them that belong to inputs which may have to be said again.</param>
/// <param name="EndBytes">Bytes of audio in the whole context.</param>
/// <param name="Words">The words of these inputs with their times in the context, s, as the last attempts told them.</param>
/// <param name="ToldWords">How many words of them the client was told.</param>
/// <param name="Phonemes">The phonemes that the client was told.</param>
/// <param name="EarliestWord">The latest start of a word that the client was told, s.</param>
/// <param name="AnchorWords">Behind how many words the last seam went on; 0 when there was none.</param>
/// <param name="AnchorSeconds">The time that the words behind these begin at: of the last seam, else of the first input, s.</param>
internal sealed record DeliveredSpeech(
    AudioFormat Format,
    int Segment,
    long SegmentBytes,
    long Bytes,
    long EndBytes,
    ImmutableArray<TimedText> Words,
    int ToldWords,
    ImmutableArray<TimedText> Phonemes,
    double EarliestWord,
    int AnchorWords,
    double AnchorSeconds)
{
    /// <summary>How long the context's audio is, s.</summary>
    public double EndSeconds => Format.DurationOf(EndBytes).TotalSeconds;
}
