namespace TtsGrains.Grains.Quotas;

/// <summary>The size of an archive: the last complete count, with the changes since that count began.</summary>
internal sealed class ArchiveTally
{
    private long _sinceCount;

    /// <summary>Gets the bytes; null until they were counted.</summary>
    public long? Bytes { get; private set; }

    /// <summary>Adds a change.</summary>
    public void Add(long bytes)
    {
        _sinceCount += bytes;
        Bytes = Bytes is { } before ? Math.Max(0, before + bytes) : null;
    }

    /// <summary>A count begins: changes from now on may be missing in it.</summary>
    public void BeginCount() => _sinceCount = 0;

    /// <summary>A count is complete. A change that came while it ran counts in addition, seen by it or not; the next count corrects that.</summary>
    public void EndCount(long counted) => Bytes = Math.Max(0, counted + _sinceCount);
}
