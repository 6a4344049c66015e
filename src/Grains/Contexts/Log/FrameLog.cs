using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Wakeups;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>Numbered frames that readers take by offset; those who watch are woken when there are more. Thread-safe.</summary>
public abstract class FrameLog : IContextFrames
{
    private readonly LogEntries _entries = new();
    private ILogWatcher[] _watchers = [];
    private int _written;
    private volatile ContextSeam[] _seams = [];
    private bool _isErased;

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public long Bytes => _entries.Bytes;

    /// <inheritdoc/>
    public bool IsClosed { get; protected set; }

    /// <inheritdoc/>
    public bool IsErased => Volatile.Read(ref _isErased);

    /// <inheritdoc/>
    public abstract int OwnerEpoch { get; }

    /// <summary>Where speech went on over another upstream context. The array never changes: another one takes its place.</summary>
    public ContextSeam[] Seams => _seams;

    /// <summary>The offset behind the last frame that an owner has written to its client.</summary>
    public int Written => Volatile.Read(ref _written);

    /// <summary>Guards the log. Who appends takes the <see cref="Watchers"/> under it, and wakes them without it.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>Who is woken when the log grows or ends. The array never changes: another one takes its place.</summary>
    protected ILogWatcher[] Watchers => _watchers;

    /// <inheritdoc/>
    public void RecordWritten(int offset) => Volatile.Write(ref _written, offset);

    /// <summary>Takes the seams of another log of this context, unless this one has as many.</summary>
    public void Restore(ContextSeam[] seams)
    {
        lock (Gate)
        {
            _seams = seams.Length > _seams.Length ? seams : _seams;
        }
    }

    /// <summary>Adds a seam, before the frames that follow it.</summary>
    internal void Add(ContextSeam seam)
    {
        lock (Gate)
        {
            _seams = [.. _seams, seam];
        }
    }

    /// <inheritdoc/>
    public virtual bool TryRead(int offset, out LogEntry entry)
    {
        lock (Gate)
        {
            return _entries.TryRead(offset, out entry);
        }
    }

    /// <inheritdoc/>
    public void Watch(ILogWatcher watcher)
    {
        lock (Gate)
        {
            _watchers = [.. _watchers, watcher];
        }
    }

    /// <inheritdoc/>
    public void Unwatch(ILogWatcher watcher)
    {
        lock (Gate)
        {
            _watchers = [.. _watchers.Where(w => !ReferenceEquals(w, watcher))];
        }
    }

    /// <summary>The frames from one offset up to, and without, another.</summary>
    internal LogEntry[] Slice(int from, int to)
    {
        lock (Gate)
        {
            return _entries.Slice(from, to);
        }
    }

    /// <summary>Appends an entry. To be called under the <see cref="Gate"/>.</summary>
    protected void Append(in LogEntry entry) => _entries.Add(entry);

    /// <summary>The entries from one offset up to, and without, another. To be called under the <see cref="Gate"/>.</summary>
    protected LogEntry[] EntriesOf(int from, int to) => _entries.Slice(from, to);

    /// <summary>Closes the log and drops its frames. To be called under the <see cref="Gate"/>.</summary>
    protected void Drop()
    {
        IsClosed = true;
        _entries.Clear();
        Volatile.Write(ref _isErased, true);
    }

    /// <summary>Wakes watchers now, or at the end of the batch of this thread.</summary>
    protected static void Wake(ILogWatcher[] watchers)
    {
        foreach (var watcher in watchers)
        {
            WakeBatch.Wake(watcher);
        }
    }
}
