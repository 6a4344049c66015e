using System.ComponentModel.DataAnnotations;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>Keys and tokens of requests.</summary>
internal sealed class CredentialOptions
{
    public const string Section = "Credentials";

    /// <summary>The most wrong keys and tokens a minute from one address (of IPv6: one /64 network) that get 401; the others get 429. A valid one is let in all the same. Default: 60.</summary>
    [Range(1, 1_000_000)]
    public int MaxWrongPerMinute { get; set; } = 60;
}
