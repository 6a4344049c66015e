using System.Text.Json;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Sessions;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Archive.Encryption;

/// <summary>Lists, rotates and deletes the keys of a tenant, with a record of who did it.</summary>
public sealed class ArchiveKeys
{
    private readonly TenantKeys _keys;
    private readonly ISegmentArchive _archive;
    private readonly TimeProvider _time;

    internal ArchiveKeys(ArchiveCipher cipher, ISegmentArchive archive, TimeProvider time)
        => (_keys, IsOn, _archive, _time) = (cipher.Keys, cipher.IsOn, archive, time);

    /// <summary>Whether new objects are encrypted.</summary>
    public bool IsOn { get; }

    /// <summary>Lists all keys of a tenant, those that were deleted too.</summary>
    public Task<IReadOnlyList<TenantKeyState>> ListAsync(string tenant, CancellationToken cancellationToken)
        => _keys.ListAsync(ArchiveNames.Escape(tenant), cancellationToken);

    /// <summary>Creates a new key, which encrypts from now on. The others still decrypt.</summary>
    public async Task RotateAsync(string tenant, SessionChangeOrigin origin, CancellationToken cancellationToken)
    {
        await _keys.RotateAsync(ArchiveNames.Escape(tenant), cancellationToken);
        await WriteAuditAsync(RecordOf("rotate_key", tenant, origin, "done"), cancellationToken);
    }

    /// <summary>Deletes all keys of a tenant: nothing that was encrypted until now can be read any more.</summary>
    /// <returns>False if a session of the tenant is held; then nothing was deleted.</returns>
    public async Task<bool> DeleteAsync(string tenant, SessionChangeOrigin origin, CancellationToken cancellationToken)
    {
        await foreach (var _ in _archive.ListAsync(ArchiveNames.HoldsPrefix(tenant), cancellationToken))
        {
            return false;
        }

        await WriteAuditAsync(RecordOf("delete_keys", tenant, origin, "begun"), cancellationToken);
        var deleted = await _keys.DeleteAsync(ArchiveNames.Escape(tenant), cancellationToken);
        await WriteAuditAsync(RecordOf("delete_keys", tenant, origin, "done") with { Objects = deleted }, cancellationToken);
        return true;
    }

    private AuditRecord RecordOf(string action, string tenant, SessionChangeOrigin origin, string phase)
        => new(action, tenant, SessionIds: [], origin.By, origin.RequestId, _time.GetUtcNow(), phase);

    private async Task WriteAuditAsync(AuditRecord record, CancellationToken cancellationToken)
    {
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(record, ManifestJson.Readable.AuditRecord));
        await _archive.ReplaceAsync(ArchiveNames.Audit(record.Tenant, record.At, Guid.NewGuid()), json, ContextManifest.ContentType, cancellationToken);
    }
}
