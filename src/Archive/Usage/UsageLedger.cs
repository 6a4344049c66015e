using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>
/// One object per ended context, by tenant and day. Its name follows from the context alone, so a retry writes the same object: nothing is counted twice.
/// Erasing a session does not remove its records.
/// </summary>
public sealed class UsageLedger(ISegmentArchive archive)
{
    private const string ContentType = "application/json";

    /// <summary>Writes a record. The record of a context that a later process finished replaces the one of the process that ended.</summary>
    public async Task WriteAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        var name = NameOf(record);
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(record, UsageJson.Default.UsageRecord));
        if (await archive.WriteAsync(name, json, ContentType, cancellationToken) == ArchiveWrite.AlreadyThere
            && !record.ProcessEnded
            && await FindAsync(name, cancellationToken) is not { ProcessEnded: false })
        {
            json.Position = 0;
            await archive.ReplaceAsync(name, json, ContentType, cancellationToken);
        }
    }

    /// <summary>Writes a record in place of the one that was written before.</summary>
    public async Task ReplaceAsync(UsageRecord record, CancellationToken cancellationToken)
    {
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(record, UsageJson.Default.UsageRecord));
        await archive.ReplaceAsync(NameOf(record), json, ContentType, cancellationToken);
    }

    /// <summary>Reads a tenant's records of days.</summary>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day, UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JsonException">A record cannot be read.</exception>
    public async IAsyncEnumerable<UsageRecord> ReadAsync(string tenant, DateOnly from, DateOnly to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            await foreach (var stored in archive.ListAsync(ArchiveNames.UsagePrefix(tenant, day), cancellationToken))
            {
                if (await FindAsync(stored.Name, cancellationToken) is { } record)
                {
                    yield return record;
                }
            }
        }
    }

    // A hash, since three escaped ids may be longer than a file name. The start tells apart contexts of a session that was erased and begun anew.
    private static string NameOf(UsageRecord record)
    {
        if (record.PartId is { } part)
        {
            return $"{ArchiveNames.UsagePrefix(record.Tenant, record.Day)}{part:N}.part.json";
        }

        var identity = string.Join('\0', record.SessionId, $"{record.Ordinal}", record.ContextId, $"{record.StartedAt.UtcTicks}");
        return $"{ArchiveNames.UsagePrefix(record.Tenant, record.Day)}{Convert.ToHexStringLower(SHA256.HashData(Encoding.Unicode.GetBytes(identity)))}.json";
    }

    private async Task<UsageRecord?> FindAsync(string name, CancellationToken cancellationToken)
        => await archive.ReadAsync(name, cancellationToken) is { } json ? JsonSerializer.Deserialize(json, UsageJson.Default.UsageRecord) : null;
}
