namespace TtsGrains.Archive.Encryption;

/// <summary>Whether speech is encrypted before it is stored. Zero is never a valid value.</summary>
public enum EncryptionMode : byte
{
    None = 0,
    Off = 1,
    On = 2,
}

/// <summary>Where the keys of the tenants are kept. Zero is never a valid value.</summary>
public enum KeyLocation : byte
{
    None = 0,

    /// <summary>Files of their own, apart from the archive.</summary>
    Files = 1,

    /// <summary>The archive's store, encrypted with the master key.</summary>
    Archive = 2,
}

/// <summary>The encryption of archived speech with a key per tenant. Section <c>Archive:Encryption</c>.</summary>
public sealed class EncryptionOptions
{
    /// <summary>
    /// Whether segments, manifests, session summaries and spool files are encrypted, each with a key of its own that is encrypted with the tenant's key. What
    /// was stored before stays as it is; encrypted objects can be read either way. Default: off.
    /// </summary>
    public EncryptionMode Mode { get; set; } = EncryptionMode.Off;

    /// <summary>
    /// Where the tenants' keys are kept: in files, or in the archive's store, which all processes of a cluster share; there they are encrypted with the master
    /// key. Default: files.
    /// </summary>
    public KeyLocation Keys { get; set; } = KeyLocation.Files;

    /// <summary>The folder of the keys in files, relative to the working directory; <c>archive-keys</c> in the data folder.</summary>
    public string KeyPath { get; set; } = "data/archive-keys";

    /// <summary>
    /// The key that the tenants' keys are encrypted with: 32 bytes in base64. A secret. After a space may follow earlier ones, which only decrypt. Default: none.
    /// </summary>
    public string? MasterKey { get; set; }

    /// <summary>A file with the master key, instead of <see cref="MasterKey"/>. Default: none.</summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>
    /// Whether objects that are not encrypted can be read while encryption is on. Set it to false once all older sessions are removed: then speech that others
    /// put into the store is refused. Default: true.
    /// </summary>
    public bool AcceptPlain { get; set; } = true;

    /// <summary>Gets a sentence for every fault, each with the name of its setting.</summary>
    internal IEnumerable<(string Setting, string Complaint)> Check(bool isShared)
    {
        if (Mode is not (EncryptionMode.Off or EncryptionMode.On))
        {
            yield return (nameof(Mode), $"is {Mode}; it must be off or on.");
        }

        if (Keys is not (KeyLocation.Files or KeyLocation.Archive))
        {
            yield return (nameof(Keys), $"is {Keys}; it must be files or archive.");
        }

        if (Keys == KeyLocation.Files && string.IsNullOrWhiteSpace(KeyPath))
        {
            yield return (nameof(KeyPath), "is empty; it must name a folder.");
        }

        if (!string.IsNullOrEmpty(MasterKey) && !string.IsNullOrEmpty(MasterKeyFile))
        {
            yield return (nameof(MasterKey), $"is set, and {nameof(MasterKeyFile)} too; it must be one of them.");
        }
        else if (MasterKeys.Check(this) is { } fault)
        {
            yield return fault;
        }

        if (Keys == KeyLocation.Archive && string.IsNullOrEmpty(MasterKey) && string.IsNullOrEmpty(MasterKeyFile))
        {
            yield return (nameof(Keys), $"is archive without {nameof(MasterKey)} or {nameof(MasterKeyFile)}; keys beside what they encrypt must be encrypted themselves.");
        }

        if (isShared && Mode == EncryptionMode.On && Keys == KeyLocation.Files)
        {
            yield return (nameof(Keys), "is files; in a cluster it must be archive, so that all processes have the same keys.");
        }
    }
}
