using System.ComponentModel.DataAnnotations;

namespace TtsGrains.Tenants;

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

    /// <summary>
    /// The SHA-256 of each of its keys, as 64 hexadecimal digits; several, for rotation. Behind it, each after a space, may follow <c>scopes=</c> with some of
    /// <c>speak,listen,archive,admin,operator</c> (by default the first three), <c>expires=</c> with a day or time in UTC, and <c>name=</c>. Default: in Development, when
    /// no other tenant is named, the tenant demo has the key demo.
    /// </summary>
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

    /// <summary>Its part of an upstream with <c>MaxContexts</c> while several tenants want more than there is, compared with theirs. Default: 1.</summary>
    [Range(1, 1_000)]
    public int Weight { get; set; } = 1;

    /// <summary>
    /// How many contexts of each upstream with <c>MaxContexts</c> are kept for it, used or not. All tenants of an upstream together may reserve no more than
    /// that. Default: 0.
    /// </summary>
    [Range(0, 1_000_000)]
    public int ReservedContexts { get; set; }

    /// <summary>
    /// How many contexts it may have at once at an upstream with <c>MaxContexts</c> while others want none; at least <c>ReservedContexts</c>. Default: as many
    /// as there are.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? BurstContexts { get; set; }

    /// <summary>How many client sockets it may have open at once. Default: <c>Socket:MaxSocketsPerTenant</c>.</summary>
    [Range(1, 1_000_000)]
    public int? MaxSockets { get; set; }

    /// <summary>How many listeners it may have at once. Default: 1,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxListeners { get; set; } = 1_000;

    /// <summary>How many contexts it may open in a second. Default: any number.</summary>
    [Range(1, 100_000)]
    public int? MaxContextsPerSecond { get; set; }

    /// <summary>How many characters it may have spoken in a minute. A push beyond that is refused. Default: any number.</summary>
    [Range(1, 1_000_000_000)]
    public int? MaxCharactersPerMinute { get; set; }

    /// <summary>
    /// How many characters it may push in a month (UTC), in the whole cluster; counted while it is set. A push beyond that is refused until the next month.
    /// Default: any number.
    /// </summary>
    [Range(1, 1_000_000_000_000)]
    public long? MaxCharactersPerMonth { get; set; }

    /// <summary>At which part of <c>MaxCharactersPerMonth</c> the log warns, percent. Default: 80.</summary>
    [Range(1, 100)]
    public int CharactersPerMonthAlarmPercent { get; set; } = 80;

    /// <summary>
    /// How many bytes its sessions may have in the archive, about. Beyond that, new contexts are refused unless they are kept out of the archive. Default: any number.
    /// </summary>
    [Range(1, 1_000_000_000_000_000)]
    public long? MaxArchiveBytes { get; set; }

    /// <summary>At which part of <c>MaxArchiveBytes</c> the log warns, percent. Default: 80.</summary>
    [Range(1, 100)]
    public int ArchiveBytesAlarmPercent { get; set; } = 80;

    /// <summary>How many access tokens it may create in a minute on one host. Default: 600.</summary>
    [Range(1, 1_000_000)]
    public int MaxTokensPerMinute { get; set; } = 600;
}
