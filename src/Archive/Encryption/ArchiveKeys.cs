using TtsGrains.Archive.Audit;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Archive.Encryption;

/// <summary>Lists, rotates and deletes the keys of a tenant, each not before the record of who asked is durable.</summary>
public sealed class ArchiveKeys
{
    private readonly TenantKeys _keys;
    private readonly ISegmentArchive _archive;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _time;

    internal ArchiveKeys(ArchiveCipher cipher, ISegmentArchive archive, AuditTrail audit, TimeProvider time)
        => (_keys, IsOn, _archive, _audit, _time) = (cipher.Keys, cipher.IsOn, archive, audit, time);

    /// <summary>Whether new objects are encrypted.</summary>
    public bool IsOn { get; }

    /// <summary>Lists all keys of a tenant, those that were deleted too.</summary>
    public Task<IReadOnlyList<TenantKeyState>> ListAsync(string tenant, CancellationToken cancellationToken)
        => _keys.ListAsync(ArchiveNames.Escape(tenant), cancellationToken);

    /// <summary>Creates a new key, which encrypts from now on. The others still decrypt.</summary>
    public async Task RotateAsync(string tenant, SessionChangeOrigin origin, CancellationToken cancellationToken)
    {
        await RecordAsync(tenant, EntryOf(AuditActions.RotateArchiveKey, AuditResults.Begun, origin));
        await _keys.RotateAsync(ArchiveNames.Escape(tenant), cancellationToken);
        await RecordAsync(tenant, EntryOf(AuditActions.RotateArchiveKey, AuditResults.Done, origin));
    }

    /// <summary>Deletes all keys of a tenant: nothing that was encrypted until now can be read any more.</summary>
    /// <returns>False if a session of the tenant is held; then nothing was deleted.</returns>
    public async Task<bool> DeleteAsync(string tenant, SessionChangeOrigin origin, CancellationToken cancellationToken)
    {
        await foreach (var _ in _archive.ListAsync(ArchiveNames.HoldsPrefix(tenant), cancellationToken))
        {
            return false;
        }

        await RecordAsync(tenant, EntryOf(AuditActions.DeleteArchiveKeys, AuditResults.Begun, origin));
        var deleted = await _keys.DeleteAsync(ArchiveNames.Escape(tenant), cancellationToken);
        await RecordAsync(tenant, EntryOf(AuditActions.DeleteArchiveKeys, AuditResults.Done, origin) with { Objects = deleted });
        return true;
    }

    private Task RecordAsync(string tenant, AuditEntry entry) => _audit.RecordAsync(AuditNames.OfTenant(tenant), entry);

    private AuditEntry EntryOf(string action, string result, SessionChangeOrigin origin)
        => new(_time.GetUtcNow(), action, result) { By = origin.By, RequestId = origin.RequestId };
}
