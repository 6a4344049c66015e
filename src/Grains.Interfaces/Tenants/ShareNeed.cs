namespace TtsGrains.Grains.Interfaces.Tenants;

/// <summary>What a tenant's limit is on. Zero is never a valid value.</summary>
public enum ShareKind : byte
{
    None = 0,

    /// <summary>Open client sockets.</summary>
    Sockets = 1,

    /// <summary>Listeners.</summary>
    Listeners = 2,

    /// <summary>Contexts per second.</summary>
    Contexts = 3,

    /// <summary>Characters per minute.</summary>
    Characters = 4,
}

/// <summary>What a host needs of a limit.</summary>
/// <param name="Kind">The limit.</param>
/// <param name="Limit">How much all hosts may use.</param>
/// <param name="Used">What it uses now, or used within the time that the limit is for.</param>
/// <param name="Wanted">What it was asked for beyond that since its last call.</param>
/// <param name="Held">The most that it may use until it has the answer.</param>
[GenerateSerializer, Immutable, Alias("tts.ShareNeed")]
public readonly record struct ShareNeed(
    [property: Id(0)] ShareKind Kind, [property: Id(1)] long Limit, [property: Id(2)] long Used, [property: Id(3)] long Wanted, [property: Id(4)] long Held);

/// <summary>How long a host holds a share.</summary>
public static class ShareLease
{
    /// <summary>Without a call for so long, a host holds nothing.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a host calls.</summary>
    public static TimeSpan Renewal { get; } = TimeSpan.FromSeconds(1);
}
