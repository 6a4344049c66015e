using System.Collections.Concurrent;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>
/// The logs of the contexts of this process, by grain key. Upstream sockets and client sockets in the same process write and read them directly,
/// without a grain call.
/// </summary>
public sealed class ContextLogs
{
    private readonly ConcurrentDictionary<string, ContextLog> _logs = new(StringComparer.Ordinal);

    /// <summary>Names this process among all that ever were.</summary>
    public string Process { get; } = Guid.NewGuid().ToString("N");

    /// <summary>How many contexts have a log here.</summary>
    public int Count => _logs.Count;

    /// <summary>The log of a context; null when it does not live here.</summary>
    public ContextLog? Find(string contextKey) => _logs.GetValueOrDefault(contextKey);

    /// <summary>The key of a life of a context that has its log here, one that is still going on rather than one that has ended; null when there is none.</summary>
    public ContextKey? FindContext(SessionKey session, string contextId)
    {
        var prefix = new ContextKey(session.Tenant, session.Session, contextId, "").ToString();
        string? found = null;
        foreach (var (key, log) in _logs)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal) && (found is null || !log.IsClosed))
            {
                found = key;
            }
        }

        return found is null ? null : ContextKey.Parse(found);
    }

    /// <summary>The keys of the contexts that are open here.</summary>
    internal IReadOnlyList<string> OpenKeys() => [.. _logs.Where(context => !context.Value.IsClosed).Select(context => context.Key)];

    /// <summary>The keys of all contexts that have a log here.</summary>
    internal IReadOnlyList<string> Keys() => [.. _logs.Keys];

    internal void Add(string contextKey, ContextLog log) => _logs[contextKey] = log;

    internal void Remove(string contextKey) => _logs.TryRemove(contextKey, out _);
}
