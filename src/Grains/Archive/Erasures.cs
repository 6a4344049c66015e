using System.Collections.Concurrent;
using System.Text.Json;

namespace TtsGrains.Grains.Archive;

/// <summary>
/// Which sessions were erased while something of them may still have been on its way into the store. This process is told; others, whose spool may hold
/// something, find it out from a mark in the store: those that share it with others after every write, since a mark is there before anything is removed.
/// </summary>
/// <param name="archive">The store.</param>
/// <param name="isShared">Whether other processes erase from it.</param>
internal sealed class Erasures(ISegmentArchive archive, bool isShared)
{
    // What was handed over before is stored by then, or late and therefore asks the store.
    private static readonly TimeSpan RememberedFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Tenant, string Session), DateTimeOffset> _erased = new();

    /// <summary>Notes that everything of the session until now is to go.</summary>
    public void Add(string tenant, string session, DateTimeOffset at)
    {
        foreach (var old in _erased.Where(e => at - e.Value > RememberedFor))
        {
            _erased.TryRemove(old);
        }

        _erased[(tenant, session)] = at;
    }

    /// <summary>Whether a context that has just been written to is one of those that were erased.</summary>
    public ValueTask<bool> WasErasedMeanwhileAsync(ContextIdentity context, CancellationToken cancellationToken)
        => IsErasedAsync(context, askStore: isShared, cancellationToken);

    /// <summary>Whether a context is one of those that were erased.</summary>
    /// <param name="context">The context.</param>
    /// <param name="askStore">Whether to look for a mark too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<bool> IsErasedAsync(ContextIdentity context, bool askStore, CancellationToken cancellationToken)
    {
        if (_erased.TryGetValue((context.Tenant, context.Session), out var at) && context.CreatedAt <= at)
        {
            return true;
        }

        if (!askStore)
        {
            return false;
        }

        var mark = await archive.ReadAsync(ArchiveNames.Erasure(context.Tenant, context.Session), cancellationToken);
        return mark is not null
            && JsonSerializer.Deserialize(mark, ManifestJson.Readable.ErasureMark) is { } found
            && context.CreatedAt <= found.ErasedAt;
    }
}
