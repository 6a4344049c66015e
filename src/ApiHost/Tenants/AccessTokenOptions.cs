namespace TtsGrains.ApiHost.Tenants;

/// <summary>Access tokens.</summary>
internal sealed class AccessTokenOptions
{
    public const string Section = "AccessTokens";

    /// <summary>
    /// Where the keys are kept that tokens are encrypted with. Hosts that are to accept each other's tokens share it.
    /// Default: <c>token-keys</c> in the data directory.
    /// </summary>
    public string? KeyDirectory { get; set; }
}
