using System.Security.Cryptography;

namespace TtsGrains.Archive.Encryption;

/// <summary>AES-256-GCM over something short: a random nonce, the encrypted content, the tag.</summary>
internal static class Sealing
{
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    /// <summary>What encryption adds.</summary>
    public const int Overhead = NonceBytes + TagBytes;

    /// <param name="key">Used for at most a few billion contents: the nonce is random.</param>
    /// <param name="content">What to encrypt.</param>
    /// <param name="context">Must be the same to decrypt.</param>
    public static byte[] Encrypt(byte[] key, ReadOnlySpan<byte> content, ReadOnlySpan<byte> context)
    {
        var encrypted = new byte[content.Length + Overhead];
        var nonce = encrypted.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, content, encrypted.AsSpan(NonceBytes, content.Length), encrypted.AsSpan(NonceBytes + content.Length), context);
        return encrypted;
    }

    /// <returns>Null if it was encrypted with another key or context, or was changed.</returns>
    public static byte[]? TryDecrypt(byte[] key, ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> context)
    {
        if (encrypted.Length < Overhead)
        {
            return null;
        }

        var content = new byte[encrypted.Length - Overhead];
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(encrypted[..NonceBytes], encrypted[NonceBytes..^TagBytes], encrypted[^TagBytes..], content, context);
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
