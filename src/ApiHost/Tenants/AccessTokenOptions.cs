namespace TtsGrains.ApiHost.Tenants;

/// <summary>Where the keys are kept that tokens are encrypted with. Zero is never a valid value.</summary>
internal enum TokenKeyLocation : byte
{
    None = 0,

    /// <summary>A folder.</summary>
    Folder = 1,

    /// <summary>The archive's store, encrypted with the archive's master key.</summary>
    Archive = 2,
}

/// <summary>Access tokens.</summary>
internal sealed class AccessTokenOptions
{
    public const string Section = "AccessTokens";

    /// <summary>
    /// Where the keys are kept that tokens are encrypted with: in a folder, or in the archive's store, which all hosts of a cluster share; there they are
    /// encrypted with <c>Archive:Encryption:MasterKey</c>. Default: folder.
    /// </summary>
    public TokenKeyLocation Keys { get; set; } = TokenKeyLocation.Folder;

    /// <summary>
    /// The folder of the keys. Hosts that are to accept each other's tokens share it.
    /// Default: <c>token-keys</c> in the data directory.
    /// </summary>
    public string? KeyDirectory { get; set; }

    /// <summary>Gets a sentence for every fault that concerns other settings too.</summary>
    public static IEnumerable<string> Check(IConfiguration configuration)
    {
        var encryption = configuration.GetSection("Archive:Encryption");
        if (nameof(TokenKeyLocation.Archive).Equals(configuration[$"{Section}:{nameof(Keys)}"], StringComparison.OrdinalIgnoreCase)
            && string.IsNullOrEmpty(encryption["MasterKey"]) && string.IsNullOrEmpty(encryption["MasterKeyFile"]))
        {
            yield return $"{Section}:{nameof(Keys)} is archive without Archive:Encryption:MasterKey or MasterKeyFile; there the keys must be encrypted.";
        }
    }
}
