using System.ComponentModel.DataAnnotations;

namespace TtsGrains.Grains.Tenants;

/// <summary>One customer. Section <c>Tenants:&lt;id&gt;</c>.</summary>
public sealed class TenantOptions
{
    public const string Section = "Tenants";

    /// <summary>The SHA-256 of each of its keys, as 64 hexadecimal digits. Several, so that keys can be rotated.</summary>
    public IList<string> Keys { get; init; } = [];

    /// <summary>How many contexts it may have open at once. Default: 1,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxOpenContexts { get; set; } = 1_000;
}
