using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>The names of usage records. A name follows from the context alone, so a retry writes the same object.</summary>
internal static class UsageNames
{
    /// <summary>The name of a record's own object.</summary>
    public static string Of(UsageRecord record)
    {
        var prefix = ArchiveNames.UsagePrefix(record.Tenant, record.Day);
        return record.PartId is { } part ? $"{prefix}{part:N}.part.json" : $"{prefix}{Convert.ToHexStringLower(HashOf(record))}.json";
    }

    /// <summary>128 bits of the name, which tell the records of a day apart.</summary>
    public static UInt128 KeyOf(UsageRecord record)
        => BinaryPrimitives.ReadUInt128BigEndian(record.PartId is { } part ? part.ToByteArray(bigEndian: true) : HashOf(record));

    // A hash, since three escaped ids may be longer than a file name. The start tells apart contexts of a session that was erased and begun anew.
    private static byte[] HashOf(UsageRecord record)
        => SHA256.HashData(Encoding.Unicode.GetBytes(string.Join('\0', record.SessionId, $"{record.Ordinal}", record.ContextId, $"{record.StartedAt.UtcTicks}")));
}
