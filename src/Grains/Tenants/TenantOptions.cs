using System.ComponentModel.DataAnnotations;

namespace TtsGrains.Grains.Tenants;

/// <summary>Whether something is archived. Zero is never a valid value.</summary>
public enum ArchiveSwitch : byte
{
    None = 0,
    On = 1,
    Off = 2,
}

/// <summary>One customer.</summary>
public sealed class TenantOptions
{
    public const string Section = "Tenants";

    /// <summary>The SHA-256 of each of its keys, as 64 hexadecimal digits; several, for rotation. Default: in Development, when no other tenant is named, the tenant demo has the key demo.</summary>
    public IList<string> Keys { get; init; } = [];

    /// <summary>The upstreams it uses, the best first. Default: those that are shared.</summary>
    public IList<string> Upstreams { get; init; } = [];

    /// <summary>Whether what it says is archived. Default: on.</summary>
    public ArchiveSwitch Archive { get; set; } = ArchiveSwitch.On;

    /// <summary>How many days its sessions are kept in the archive. Default: until they are erased.</summary>
    [Range(1, 36_500)]
    public int? RetentionDays { get; set; }

    /// <summary>How many contexts it may have open at once. Default: 1,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxOpenContexts { get; set; } = 1_000;
}
