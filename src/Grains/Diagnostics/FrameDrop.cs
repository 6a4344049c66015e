namespace TtsGrains.Grains.Diagnostics;

/// <summary>Why a frame of an upstream was dropped. Zero is never a valid value.</summary>
public enum FrameDrop : byte
{
    None = 0,

    /// <summary>Not a JSON object.</summary>
    Garbage = 1,

    /// <summary>Of an upstream context that has ended, or that is unknown.</summary>
    NoRoute = 2,

    /// <summary>A binary frame: the protocol has text frames only.</summary>
    Binary = 3,

    /// <summary>A chunk without audio that can be decoded.</summary>
    BadAudio = 4,

    /// <summary>Word or phoneme times that cannot be read.</summary>
    BadTimestamps = 5,

    /// <summary>The end of a context within a sample: its first bytes are left out.</summary>
    TornSample = 6,

    /// <summary>Of an upstream context that was cancelled and has not ended yet: stale audio, expected after a cancel.</summary>
    Stale = 7,
}
