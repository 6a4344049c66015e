using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using TtsGrains.Archive.Encryption;

namespace TtsGrains.Archive.Spooling;

/// <summary>The key of a journal, as its first line has it.</summary>
/// <param name="Tenant">The tenant's part of the names in the archive.</param>
/// <param name="Number">The number of the tenant's key.</param>
/// <param name="DataKey">The journal's key, encrypted with the tenant's key.</param>
internal sealed record JournalKey(string Tenant, int Number, byte[] DataKey);

/// <summary>Encrypts the lines of a journal, each for its place.</summary>
internal sealed class JournalCipher
{
    private readonly byte[] _dataKey;
    private int _lines;

    private JournalCipher(JournalKey head, byte[] dataKey) => (Head, _dataKey) = (head, dataKey);

    /// <summary>The first line.</summary>
    public JournalKey Head { get; }

    public static JournalCipher Begin(string tenant, TenantKey key)
    {
        var dataKey = TenantKey.CreateDataKey();
        return new JournalCipher(new JournalKey(tenant, key.Number, key.Encrypt(dataKey, ContextOf(tenant))), dataKey);
    }

    /// <summary>Reads on in a journal that an earlier process began.</summary>
    /// <exception cref="UnreadableObjectException">Its key was deleted, is unknown, or does not fit.</exception>
    public static async Task<JournalCipher> OpenAsync(JournalKey head, TenantKeys keys, CancellationToken cancellationToken)
    {
        var key = await keys.GetAsync(head.Tenant, head.Number, cancellationToken);
        return new JournalCipher(head, key.TryDecrypt(head.DataKey, ContextOf(head.Tenant)) ?? throw UnreadableObjectException.Damaged("of the spool", "the key of its journal was changed"));
    }

    public SpoolLine Encrypt(SpoolLine line)
        => new(Encrypted: Sealing.Encrypt(_dataKey, JsonSerializer.SerializeToUtf8Bytes(line, SpoolJson.Default.SpoolLine), NextPlace()));

    /// <returns>Null if it is not the line that was written at this place.</returns>
    public SpoolLine? TryDecrypt(SpoolLine line)
        => line.Encrypted is { } encrypted && Sealing.TryDecrypt(_dataKey, encrypted, NextPlace()) is { } json
            ? JsonSerializer.Deserialize(json, SpoolJson.Default.SpoolLine)
            : null;

    private static byte[] ContextOf(string tenant) => Encoding.UTF8.GetBytes($"journal {tenant}");

    private byte[] NextPlace()
    {
        var place = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(place, _lines++);
        return place;
    }
}
