using System.Buffers.Binary;
using System.Text;

namespace TtsGrains.Archive.Encryption;

/// <summary>
/// The beginning of an encrypted object: a magic number, the number of the tenant's key, the size of a chunk, the length of the content, and the data key,
/// encrypted with the tenant's key. All of it, and the name of the object, is authenticated with the data key.
/// </summary>
internal static class EncryptedHeader
{
    /// <summary>Its bytes.</summary>
    public const int Bytes = ClearBytes + TenantKey.EncryptedDataKeyBytes;

    private const int KeyNumberAt = 8;
    private const int ChunkBytesAt = 12;
    private const int LengthAt = 16;
    private const int ClearBytes = 24;

    private static ReadOnlySpan<byte> Magic => "TTSENC01"u8;

    /// <summary>Determines whether an object that begins so is encrypted.</summary>
    public static bool IsAt(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Magic);

    /// <summary>The number of the tenant's key.</summary>
    public static int KeyNumberOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt32BigEndian(header[KeyNumberAt..]);

    /// <summary>The length of the content, as the header says it.</summary>
    public static long LengthOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt64BigEndian(header[LengthAt..]);

    /// <summary>Writes it.</summary>
    /// <param name="key">The tenant's key.</param>
    /// <param name="dataKey">The object's key.</param>
    /// <param name="name">The name of the object.</param>
    /// <param name="length">The length of the content, bytes.</param>
    public static byte[] Write(TenantKey key, byte[] dataKey, string name, long length)
    {
        var header = new byte[Bytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(KeyNumberAt), key.Number);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(ChunkBytesAt), EncryptedChunks.ContentBytes);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(LengthAt), length);
        key.Encrypt(dataKey, ContextOf(header, name)).CopyTo(header, ClearBytes);
        return header;
    }

    /// <summary>Reads the data key.</summary>
    /// <exception cref="UnreadableObjectException">The header does not belong to an object of this name and key, or was changed.</exception>
    public static byte[] ReadDataKey(TenantKey key, ReadOnlySpan<byte> header, string name)
        => key.TryDecrypt(header[ClearBytes..Bytes], ContextOf(header, name)) is { } dataKey
            && BinaryPrimitives.ReadInt32BigEndian(header[ChunkBytesAt..]) == EncryptedChunks.ContentBytes
                ? dataKey
                : throw UnreadableObjectException.Damaged(name, "its header was not written for it");

    private static byte[] ContextOf(ReadOnlySpan<byte> header, string name) => [.. header[..ClearBytes], .. Encoding.UTF8.GetBytes(name)];
}
