namespace TtsGrains.Protocol.Audio;

/// <summary>What the samples are wrapped in. The WebSocket and SSE carry <see cref="Raw"/> only. Zero is never a valid value.</summary>
public enum AudioContainer : byte
{
    None = 0,
    Raw = 1,
    Wav = 2,
    Mp3 = 3,
}
