using System.Buffers.Text;
using System.Text;

namespace TtsGrains.Archive.Encryption;

/// <summary>The keys that encrypt the tenants' keys. The first encrypts; each of them decrypts, so that it can be replaced.</summary>
internal sealed class MasterKeys
{
    private readonly List<byte[]> _keys;

    private MasterKeys(List<byte[]> keys) => _keys = keys;

    /// <summary>Reads the master keys of the settings.</summary>
    /// <returns>Null if there are none.</returns>
    /// <exception cref="InvalidOperationException">One is not 32 bytes in base64, or their file cannot be read.</exception>
    public static MasterKeys? Read(EncryptionOptions options)
    {
        if (Check(options) is var (setting, complaint))
        {
            throw new InvalidOperationException($"{ArchiveOptions.Section}:{nameof(ArchiveOptions.Encryption)}:{setting} {complaint}");
        }

        return SourceOf(options) is { } text ? new MasterKeys([.. Split(text).Select(Convert.FromBase64String)]) : null;
    }

    /// <summary>Returns the first fault of the settings, without the key; null if there is none.</summary>
    public static (string Setting, string Complaint)? Check(EncryptionOptions options)
    {
        var setting = string.IsNullOrEmpty(options.MasterKeyFile) ? nameof(options.MasterKey) : nameof(options.MasterKeyFile);
        try
        {
            return SourceOf(options) is not { } text || (Split(text) is { Length: > 0 } keys && keys.All(IsKey)) ? null
                : (setting, "is not 32 bytes in base64, or several such keys with a space between.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (setting, "cannot be read; it must name a file with the master key.");
        }
    }

    /// <summary>Encrypts with the first key.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> content, string purpose) => Sealing.Encrypt(_keys[0], content, Encoding.UTF8.GetBytes(purpose));

    /// <summary>Decrypts with the key that fits.</summary>
    /// <returns>Null if none does.</returns>
    public byte[]? TryDecrypt(ReadOnlySpan<byte> encrypted, string purpose)
    {
        foreach (var key in _keys)
        {
            if (Sealing.TryDecrypt(key, encrypted, Encoding.UTF8.GetBytes(purpose)) is { } content)
            {
                return content;
            }
        }

        return null;
    }

    private static string? SourceOf(EncryptionOptions options)
        => !string.IsNullOrEmpty(options.MasterKeyFile) ? File.ReadAllText(options.MasterKeyFile)
            : string.IsNullOrEmpty(options.MasterKey) ? null
            : options.MasterKey;

    private static string[] Split(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsKey(string text) => Base64.IsValid(text, out var length) && length == Sealing.KeyBytes;
}
