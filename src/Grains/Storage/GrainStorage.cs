namespace TtsGrains.Grains.Storage;

/// <summary>The storage of grain state.</summary>
public static class GrainStorage
{
    /// <summary>The name of its provider.</summary>
    public const string Name = "tts";
}
