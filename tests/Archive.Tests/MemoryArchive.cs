using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Tests;

/// <summary>A store in memory that fails and dawdles on request.</summary>
internal sealed class MemoryArchive : ISegmentArchive
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _created = new();
    private int _writing;
    private int _mostWriting;

    /// <summary>Asked before each write: the fault to throw, or null.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    /// <summary>Asked before each whole object is read: the fault to throw, or null.</summary>
    public Func<string, Exception?> ReadFault { get; set; } = _ => null;

    /// <summary>Asked before each conditional delete: the fault to throw, or null.</summary>
    public Func<string, Exception?> DeleteFault { get; set; } = _ => null;

    /// <summary>The fault of making ready, or null.</summary>
    public Func<Exception?> PrepareFault { get; set; } = () => null;

    /// <summary>Awaited within each write.</summary>
    public Func<string, CancellationToken, Task> Gate { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Names in the order in which they were created.</summary>
    public IReadOnlyList<string> Created => [.. _created];

    public int MostWritingAtOnce => _mostWriting;

    public byte[] this[string name]
    {
        get => _objects[name];
        set => _objects[name] = value;
    }

    public Task PrepareAsync(CancellationToken cancellationToken)
        => PrepareFault() is { } fault ? Task.FromException(fault) : Task.CompletedTask;

    public async Task<ArchiveWrite> WriteAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
    {
        var writing = Interlocked.Increment(ref _writing);
        InterlockedMax(ref _mostWriting, writing);
        try
        {
            await Gate(name, cancellationToken);
            if (Fault(name) is { } fault)
            {
                throw fault;
            }

            using var copy = new MemoryStream();
            await content.CopyToAsync(copy, cancellationToken);
            if (!_objects.TryAdd(name, copy.ToArray()))
            {
                return ArchiveWrite.AlreadyThere;
            }

            _created.Enqueue(name);
            return ArchiveWrite.Created;
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    public Task<BinaryData?> ReadAsync(string name, CancellationToken cancellationToken)
        => ReadFault(name) is { } fault
            ? Task.FromException<BinaryData?>(fault)
            : Task.FromResult(_objects.TryGetValue(name, out var content) ? BinaryData.FromBytes(content) : null);

    public Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
        => Task.FromResult<Stream?>(_objects.TryGetValue(name, out var content) ? new MemoryStream(content, writable: false) : null);

    public Task<long?> GetLengthAsync(string name, CancellationToken cancellationToken)
        => Task.FromResult<long?>(_objects.TryGetValue(name, out var content) ? content.Length : null);

    public async IAsyncEnumerable<ArchivedObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (name, content) in _objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            yield return new ArchivedObject(name, content.Length);
        }

        await Task.CompletedTask;
    }

    public async Task<ArchivePage> ListPageAsync(string folder, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var found in ListAsync(folder, cancellationToken))
        {
            var rest = found.Name[folder.Length..];
            names.Add(rest.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? rest[..(slash + 1)] : rest);
        }

        var page = names.Where(n => cursor is null || string.CompareOrdinal(n, cursor) > 0).Take(limit + 1).ToList();
        return page.Count <= limit ? new ArchivePage(page, null) : new ArchivePage(page[..limit], page[limit - 1]);
    }

    public async Task ReplaceAsync(string name, Stream content, string contentType, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken);
        _objects[name] = copy.ToArray();
    }

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => Task.FromResult(_objects.TryRemove(name, out _));

    public Task<bool> DeleteIfUnchangedAsync(string name, BinaryData content, CancellationToken cancellationToken)
        => DeleteFault(name) is { } fault
            ? Task.FromException<bool>(fault)
            : Task.FromResult(
                _objects.TryGetValue(name, out var stored)
                && stored.AsSpan().SequenceEqual(content.ToMemory().Span)
                && _objects.TryRemove(new KeyValuePair<string, byte[]>(name, stored)));

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
