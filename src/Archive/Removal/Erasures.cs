using System.Collections.Concurrent;
using System.Text.Json;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Writing;

namespace TtsGrains.Archive.Removal;

/// <summary>
/// The sessions that were erased while something of them may still be on its way into the store. The process that erases knows; the others find a mark in
/// the store, which is written before anything is removed. They read it before late writes and after each manifest.
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

    /// <summary>True if a context that has just been written to was erased.</summary>
    /// <param name="context">The context.</param>
    /// <param name="askStore">True if the store is to be asked too, when other processes erase from it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<bool> WasErasedMeanwhileAsync(ContextIdentity context, bool askStore, CancellationToken cancellationToken)
        => IsErasedAsync(context, isShared && askStore, cancellationToken);

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
