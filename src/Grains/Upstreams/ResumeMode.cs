namespace TtsGrains.Grains.Upstreams;

/// <summary>From where speech that was broken off is taken up again. Zero is never a valid value.</summary>
public enum ResumeMode : byte
{
    None = 0,

    /// <summary>From the last finished word, when the upstream told word times; else as <see cref="Sample"/>.</summary>
    Word = 1,

    /// <summary>From the beginning of the segment, without the samples that were delivered: exact when the upstream says the same text the same way.</summary>
    Sample = 2,
}
