using TtsGrains.Grains.Wakeups;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>
/// The numbered frames of one context as its owner reads them: the <see cref="ContextLog"/> itself when the context lives in this process, else the
/// owner's copy of it.
/// </summary>
public interface IContextFrames
{
    /// <summary>The offset that the next frame will get.</summary>
    int Count { get; }

    /// <summary>Bytes of all frames as they are written to a client.</summary>
    long Bytes { get; }

    /// <summary>Whether nothing will be appended any more.</summary>
    bool IsClosed { get; }

    /// <summary>True if the session was erased: there are no frames any more.</summary>
    bool IsErased { get; }

    /// <summary>Counts the owners that the context has had, one after the other. Only the latest may go on writing to its client.</summary>
    int OwnerEpoch { get; }

    /// <summary>Reads the frame of that offset.</summary>
    /// <returns>False when there is none yet.</returns>
    bool TryRead(int offset, out LogEntry entry);

    /// <summary>Notifies the watcher of everything that is appended from now on, not of frames that are already there.</summary>
    void Watch(ILogWatcher watcher);

    void Unwatch(ILogWatcher watcher);

    /// <summary>Notes that an owner has written all frames before this offset.</summary>
    void RecordWritten(int offset);
}
