namespace TtsGrains.Grains.Wakeups;

/// <summary>Is told that a log has grown or ended.</summary>
public interface ILogWatcher
{
    /// <summary>
    /// Called on the thread that appended, which reads an upstream socket that others share: take note and return, never block.
    /// </summary>
    void OnAppended();
}
