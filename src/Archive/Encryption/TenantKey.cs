using System.Security.Cryptography;

namespace TtsGrains.Archive.Encryption;

/// <summary>One key of a tenant. It encrypts only data keys, one for each object.</summary>
/// <param name="number">Its number, from 1.</param>
/// <param name="secret">32 bytes.</param>
internal sealed class TenantKey(int number, byte[] secret)
{
    /// <summary>Bytes of an encrypted data key.</summary>
    public const int EncryptedDataKeyBytes = Sealing.KeyBytes + Sealing.Overhead;

    public int Number => number;

    /// <summary>Creates a data key.</summary>
    public static byte[] CreateDataKey() => RandomNumberGenerator.GetBytes(Sealing.KeyBytes);

    /// <param name="dataKey">The data key.</param>
    /// <param name="context">What the data key belongs to.</param>
    public byte[] Encrypt(byte[] dataKey, ReadOnlySpan<byte> context) => Sealing.Encrypt(secret, dataKey, context);

    /// <returns>Null if it belongs to something else, or was changed.</returns>
    public byte[]? TryDecrypt(ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> context) => Sealing.TryDecrypt(secret, encrypted, context);
}
