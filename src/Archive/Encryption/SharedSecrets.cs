using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Encryption;

/// <summary>Small secrets that the processes of a cluster share: in the archive's store, encrypted with the master key.</summary>
public sealed class SharedSecrets
{
    private const string ContentType = "application/octet-stream";

    private readonly ISegmentArchive _store;
    private readonly MasterKeys _master;

    internal SharedSecrets(ISegmentArchive store, MasterKeys master) => (_store, _master) = (store, master);

    /// <summary>Reads all secrets of a kind. Those that are encrypted with another master key are left out.</summary>
    public async Task<IReadOnlyList<byte[]>> ListAsync(string kind, CancellationToken cancellationToken)
    {
        var secrets = new List<byte[]>();
        await foreach (var found in _store.ListAsync(PrefixOf(kind), cancellationToken))
        {
            if (await _store.ReadAsync(found.Name, cancellationToken) is { } stored && _master.TryDecrypt(stored.ToMemory().Span, found.Name) is { } secret)
            {
                secrets.Add(secret);
            }
        }

        return secrets;
    }

    /// <summary>Stores a secret, unless there is one of this name.</summary>
    public async Task AddAsync(string kind, string name, ReadOnlyMemory<byte> secret, CancellationToken cancellationToken)
    {
        var stored = PrefixOf(kind) + ArchiveNames.Escape(name);
        await _store.PrepareAsync(cancellationToken);
        using var content = new MemoryStream(_master.Encrypt(secret.Span, stored));
        await _store.WriteAsync(stored, content, ContentType, cancellationToken);
    }

    // No tenant's names begin so.
    private static string PrefixOf(string kind) => $"~secrets/{kind}/";
}
