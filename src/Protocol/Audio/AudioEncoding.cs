namespace TtsGrains.Protocol.Audio;

/// <summary>How a sample is written. All audio is mono and little-endian. Zero is never a valid value.</summary>
public enum AudioEncoding : byte
{
    None = 0,

    /// <summary>32-bit IEEE float, -1 to 1; 4 bytes a sample.</summary>
    PcmF32Le = 1,

    /// <summary>16-bit signed integer; 2 bytes a sample.</summary>
    PcmS16Le = 2,

    /// <summary>G.711 µ-law; 1 byte a sample.</summary>
    PcmMulaw = 3,

    /// <summary>G.711 A-law; 1 byte a sample.</summary>
    PcmAlaw = 4,
}
