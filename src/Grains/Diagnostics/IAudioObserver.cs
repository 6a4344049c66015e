namespace TtsGrains.Grains.Diagnostics;

/// <summary>Takes note of the audio of a log. Called by the thread that appends: it must not block, throw or allocate.</summary>
internal interface IAudioObserver
{
    /// <summary>A chunk was appended.</summary>
    /// <param name="bytes">Bytes of its audio.</param>
    void OnAudio(long bytes);
}
