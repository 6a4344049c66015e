using TtsGrains.Grains.Interfaces.Audit;

namespace TtsGrains.ApiHost.Audit;

/// <summary>Entries that are not stored yet. Equal ones are one entry with a count, and so is all beyond a number of them: a client cannot make it grow.</summary>
internal sealed class PendingEntries(int most)
{
    private readonly Dictionary<AuditEntry, AuditEntry> _entries = [];

    /// <summary>Adds an entry.</summary>
    public void Add(AuditEntry entry)
    {
        var same = entry with { At = default, RequestId = null, Count = null };
        if (_entries.Count >= most && !_entries.ContainsKey(same))
        {
            // There are no more of these than kinds of results.
            same = new AuditEntry(default, AuditActions.Others, entry.Result);
            entry = same with { At = entry.At, Count = entry.Count ?? 1 };
        }

        _entries[same] = _entries.TryGetValue(same, out var before)
            ? Earlier(before, entry) with { Count = (before.Count ?? 1) + (entry.Count ?? 1) }
            : entry;
    }

    /// <summary>Gets the entries in the order of their times.</summary>
    public IEnumerable<AuditEntry> InOrder() => _entries.Values.OrderBy(entry => entry.At);

    private static AuditEntry Earlier(AuditEntry one, AuditEntry other) => one.At <= other.At ? one : other;
}
