using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>Which timestamps the owner asked for.</summary>
internal readonly record struct WantedTimes(bool Words, bool Phonemes)
{
    public bool Include(FrameKind kind) => kind switch
    {
        FrameKind.Timestamps => Words,
        FrameKind.PhonemeTimestamps => Phonemes,
        _ => true,
    };
}
