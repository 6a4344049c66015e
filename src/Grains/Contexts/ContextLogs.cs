using System.Collections.Concurrent;

namespace TtsGrains.Grains.Contexts;

/// <summary>
/// The logs of the contexts that live in this process, by grain key: whoever is here too, the sockets on both sides, reads and writes
/// them directly instead of through the grain.
/// </summary>
public sealed class ContextLogs
{
    private readonly ConcurrentDictionary<string, ContextLog> _logs = new(StringComparer.Ordinal);

    /// <summary>How many contexts have a log here.</summary>
    public int Count => _logs.Count;

    /// <summary>The log of a context; null when it does not live here.</summary>
    public ContextLog? Find(string contextKey) => _logs.GetValueOrDefault(contextKey);

    internal void Add(string contextKey, ContextLog log) => _logs[contextKey] = log;

    internal void Remove(string contextKey) => _logs.TryRemove(contextKey, out _);
}
