using System.Collections.Concurrent;

namespace TtsGrains.Archive.Usage;

/// <summary>The bytes that this process stored for each tenant, less those that it removed, since they were taken last. Thread-safe.</summary>
public sealed class ArchiveChanges
{
    private readonly ConcurrentDictionary<string, long> _bytes = new(StringComparer.Ordinal);

    /// <summary>Adds bytes that were stored; negative if they were removed.</summary>
    public void Add(string tenant, long bytes) => _bytes.AddOrUpdate(tenant, bytes, (_, before) => before + bytes);

    /// <summary>Takes the changes of all tenants.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Take()
    {
        var taken = new List<KeyValuePair<string, long>>();
        foreach (var tenant in _bytes.Keys)
        {
            if (_bytes.TryRemove(tenant, out var bytes) && bytes != 0)
            {
                taken.Add(new(tenant, bytes));
            }
        }

        return taken;
    }
}
