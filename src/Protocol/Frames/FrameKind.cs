namespace TtsGrains.Protocol.Frames;

/// <summary>What a server message is. Zero is what we do not know: newer upstreams may send such, and it is harmless.</summary>
public enum FrameKind : byte
{
    Unknown = 0,
    Chunk = 1,
    Timestamps = 2,
    PhonemeTimestamps = 3,
    FlushDone = 4,
    Done = 5,
    Error = 6,
}
