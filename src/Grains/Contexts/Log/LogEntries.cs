namespace TtsGrains.Grains.Contexts.Log;

/// <summary>The entries of a log in order. The counts may be read at any time; the lock of the log guards the rest.</summary>
internal sealed class LogEntries
{
    private LogEntry[] _entries = new LogEntry[8];
    private int _count;
    private long _bytes;

    /// <summary>The offset that the next entry will get.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes of all frames as they are written to a client.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(in LogEntry entry)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        _entries[_count] = entry;
        Volatile.Write(ref _bytes, _bytes + entry.Frame.Length);
        Volatile.Write(ref _count, _count + 1);
    }

    public bool TryRead(int offset, out LogEntry entry)
    {
        if (offset < _count)
        {
            entry = _entries[offset];
            return true;
        }

        entry = default;
        return false;
    }

    /// <summary>The entries from one offset up to, and without, another.</summary>
    public LogEntry[] Slice(int from, int to) => _entries[from..to];

    public void Clear()
    {
        _entries = [];
        Volatile.Write(ref _count, 0);
        Volatile.Write(ref _bytes, 0);
    }
}
