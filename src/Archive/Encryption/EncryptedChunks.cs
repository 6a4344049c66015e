using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TtsGrains.Archive.Encryption;

/// <summary>
/// The content of an encrypted object, in chunks that can be read one by one. A data key encrypts one object only, and each chunk once, so its place is its
/// nonce: a chunk at another place, or of another object, is not decrypted. The header has the length, so a missing chunk is noticed.
/// </summary>
internal static class EncryptedChunks
{
    /// <summary>Content of each chunk but the last.</summary>
    public const int ContentBytes = 64 * 1024;

    /// <summary>The longest stored chunk.</summary>
    public const int StoredBytes = ContentBytes + Sealing.TagBytes;

    /// <summary>The bytes of a stored object with so much content.</summary>
    public static long StoredLength(long length) => EncryptedHeader.Bytes + length + ((length + ContentBytes - 1) / ContentBytes * Sealing.TagBytes);

    /// <summary>Where a chunk begins in the stored object.</summary>
    public static long PlaceOf(long index) => EncryptedHeader.Bytes + (index * StoredBytes);

    /// <summary>Content of a chunk of an object with so much of it.</summary>
    public static int ContentOf(long index, long length) => (int)Math.Min(ContentBytes, length - (index * ContentBytes));

    /// <summary>Encrypts a chunk. Only once with this key and index, unless the content is the same.</summary>
    /// <returns>Bytes written.</returns>
    public static int Encrypt(byte[] dataKey, long index, ReadOnlySpan<byte> content, Span<byte> stored)
    {
        Span<byte> nonce = stackalloc byte[Sealing.NonceBytes];
        WriteNonce(index, nonce);
        using var cipher = new AesGcm(dataKey, Sealing.TagBytes);
        cipher.Encrypt(nonce, content, stored[..content.Length], stored.Slice(content.Length, Sealing.TagBytes));
        return content.Length + Sealing.TagBytes;
    }

    /// <returns>False if it is not the chunk that was written at this place of this object.</returns>
    public static bool TryDecrypt(byte[] dataKey, long index, ReadOnlySpan<byte> stored, Span<byte> content)
    {
        Span<byte> nonce = stackalloc byte[Sealing.NonceBytes];
        WriteNonce(index, nonce);
        using var cipher = new AesGcm(dataKey, Sealing.TagBytes);
        try
        {
            cipher.Decrypt(nonce, stored[..^Sealing.TagBytes], stored[^Sealing.TagBytes..], content);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static void WriteNonce(long index, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[^sizeof(long)..], index);
    }
}
