namespace TtsGrains.Grains.Diagnostics;

/// <summary>Pauses in the audio.</summary>
public static class Pauses
{
    /// <summary>The shortest wait that counts as a pause.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
}

/// <summary>What a pause in the audio is put down to: the one thing that the audio waited for longest. Zero is never a valid value.</summary>
public enum PauseCause : byte
{
    None = 0,

    /// <summary>The upstream had text and sent no audio; or was lost, and another attempt began.</summary>
    Upstream = 1,

    /// <summary>The context waited for a slot at an upstream.</summary>
    Slot = 2,

    /// <summary>The context's silo was lost or stopped, or a listener waited for frames of its log.</summary>
    Silo = 3,

    /// <summary>Everything that the client had sent was spoken.</summary>
    Client = 4,

    /// <summary>A listener waited for frames from the archive.</summary>
    Archive = 5,
}
