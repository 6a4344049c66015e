using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Audit;

namespace TtsGrains.Archive.Audit;

/// <summary>
/// Writes the records of one chain. A record's name is its number, and an object is only created, never replaced: of two processes that write at the same
/// time, one gets the number and the other the next one, so that the chain never forks. One call at a time.
/// </summary>
/// <param name="archive">The store.</param>
/// <param name="folder">The chain's folder, of <see cref="AuditNames"/>.</param>
/// <param name="time">Dates the records.</param>
public sealed class AuditChain(ISegmentArchive archive, string folder, TimeProvider time)
{
    private const string ContentType = "application/json";
    private const int NamesPerPage = 1000;

    private DateTimeOffset _lastAt;

    /// <summary>The last record that is known.</summary>
    public AuditHead Head { get; private set; } = AuditHead.None;

    /// <summary>Finds the last record.</summary>
    /// <param name="known">A head that was stored elsewhere. If it is ahead of the store, its records were removed: the chain continues behind them, so that they are missed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LoadAsync(AuditHead known, CancellationToken cancellationToken)
    {
        await archive.PrepareAsync(cancellationToken);
        var number = await FindLastAsync(cancellationToken);
        if (number > 0 && number >= known.Number && await archive.ReadAsync(AuditNames.Record(folder, number), cancellationToken) is { } json)
        {
            Advance(number, json);
        }
        else
        {
            Head = known;
        }
    }

    /// <summary>Stores entries as the next record. When this returns they are durable.</summary>
    public async Task<AuditHead> AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        while (true)
        {
            var number = Head.Number + 1;
            var now = time.GetUtcNow();
            var json = new AuditRecord(number, Head.Hash, now > _lastAt ? now : _lastAt, entries).ToBytes();
            var name = AuditNames.Record(folder, number);
            using var content = new MemoryStream(json);
            if (await archive.WriteAsync(name, content, ContentType, cancellationToken) == ArchiveWrite.Created)
            {
                Advance(number, BinaryData.FromBytes(json));
                return Head;
            }

            // Another process was first; or this one was, and did not get the answer.
            var stored = await archive.ReadAsync(name, cancellationToken) ?? throw new AuditUnavailableException();
            Advance(number, stored);
            if (stored.ToMemory().Span.SequenceEqual(json))
            {
                return Head;
            }
        }
    }

    private void Advance(long number, BinaryData json)
    {
        Head = new AuditHead(number, AuditRecord.HashOf(json));
        _lastAt = AuditRecord.Parse(json)?.At ?? _lastAt;
    }

    private async Task<long> FindLastAsync(CancellationToken cancellationToken)
        => await FindLastNameAsync(folder, cancellationToken) is { } group && await FindLastNameAsync(folder + group, cancellationToken) is { } name
            ? AuditNames.NumberOf(name)
            : 0;

    private async Task<string?> FindLastNameAsync(string within, CancellationToken cancellationToken)
    {
        string? last = null, cursor = null;
        do
        {
            var page = await archive.ListPageAsync(within, cursor, NamesPerPage, cancellationToken);
            last = page.Names.Count > 0 ? page.Names[^1] : last;
            cursor = page.Next;
        }
        while (cursor is not null);
        return last;
    }
}
