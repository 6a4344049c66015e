namespace TtsGrains.Archive.Encryption;

/// <summary>Decides which objects are encrypted, and opens those that are.</summary>
/// <param name="keys">The keys of the tenants.</param>
/// <param name="isOn">Whether new objects are encrypted.</param>
/// <param name="acceptsPlain">Whether objects that should be encrypted and are not can be read.</param>
internal sealed class ArchiveCipher(TenantKeys keys, bool isOn, bool acceptsPlain)
{
    /// <summary>The type of content of an encrypted object.</summary>
    public const string ContentType = "application/octet-stream";

    /// <summary>Whether new objects are encrypted.</summary>
    public bool IsOn => isOn;

    /// <summary>The keys of the tenants.</summary>
    public TenantKeys Keys => keys;

    /// <summary>
    /// Returns the tenant's part of the name of an object that holds speech or what was said: all below the tenant's sessions. Markers, usage and records
    /// of erasures hold neither, and must outlive the key.
    /// </summary>
    /// <returns>Null for other objects.</returns>
    public static string? TenantOf(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && name.AsSpan(slash + 1).StartsWith("sessions/", StringComparison.Ordinal) ? name[..slash] : null;
    }

    /// <summary>Opens what is stored under a name, encrypted or not.</summary>
    /// <param name="stored">At its beginning. The stream that is returned disposes of it; on failure it is disposed of here.</param>
    /// <param name="name">The name of the object.</param>
    /// <param name="tenant">The tenant's part of the name.</param>
    /// <param name="mayBePlain">Whether it can be read if it is not encrypted, whatever the settings say: it may have been written before they were.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UnreadableObjectException">It cannot be decrypted, or is not what was written under this name.</exception>
    public async Task<Stream> OpenAsync(Stream stored, string name, string tenant, bool mayBePlain, CancellationToken cancellationToken)
    {
        try
        {
            var header = new byte[EncryptedHeader.Bytes];
            var length = await stored.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
            if (!EncryptedHeader.IsAt(header))
            {
                RequirePlain(name, header.AsSpan(0, length), mayBePlain);
                stored.Position = 0;
                return stored;
            }

            if (length < header.Length)
            {
                throw UnreadableObjectException.Damaged(name, "it is shorter than its header");
            }

            var key = await keys.GetAsync(tenant, EncryptedHeader.KeyNumberOf(header), cancellationToken);
            return DecryptingStream.Open(stored, header, name, key);
        }
        catch
        {
            await stored.DisposeAsync();
            throw;
        }
    }

    // An encrypted object whose first bytes were changed must not pass as one that never was encrypted.
    private void RequirePlain(string name, ReadOnlySpan<byte> beginning, bool mayBePlain)
    {
        if (!beginning.IsEmpty && !beginning.StartsWith("RIFF"u8) && !beginning.StartsWith("{"u8))
        {
            throw UnreadableObjectException.Damaged(name, "it begins neither as an encrypted object nor as audio or JSON");
        }

        if (isOn && !acceptsPlain && !mayBePlain)
        {
            throw new UnreadableObjectException(
                UnreadableReason.NotEncrypted, $"The archived object {name} is not encrypted, and {ArchiveOptions.Section}:{nameof(ArchiveOptions.Encryption)}:{nameof(EncryptionOptions.AcceptPlain)} is false.");
        }
    }
}
