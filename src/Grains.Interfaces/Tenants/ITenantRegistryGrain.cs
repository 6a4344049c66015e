using System.Collections.Immutable;

namespace TtsGrains.Grains.Interfaces.Tenants;

/// <summary>Keeps the tenants of the admin API for all hosts (key: <see cref="Key"/>).</summary>
[Alias("tts.ITenantRegistryGrain")]
public interface ITenantRegistryGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "tenants";

    /// <summary>Gets the tenants.</summary>
    /// <param name="known">The version that the caller has.</param>
    /// <returns>Null if that is the newest.</returns>
    [Alias("get")]
    Task<TenantRegistry?> GetAsync(long known);

    /// <summary>Replaces the tenants, if nothing has changed since a version.</summary>
    /// <param name="version">The version that was changed.</param>
    /// <param name="json">All tenants, in the form of a tenants file.</param>
    [Alias("replace")]
    Task<TenantRegistryChange> ReplaceAsync(long version, string json);
}

/// <summary>The tenants of the admin API.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="Json">The tenants, in the form of a tenants file.</param>
[GenerateSerializer, Immutable, Alias("tts.TenantRegistry")]
public sealed record TenantRegistry([property: Id(0)] long Version, [property: Id(1)] string Json);

/// <summary>The result of a change.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Faults">A sentence for every fault.</param>
[GenerateSerializer, Immutable, Alias("tts.TenantRegistryChange")]
public sealed record TenantRegistryChange([property: Id(0)] TenantRegistryOutcome Outcome, [property: Id(1)] ImmutableArray<string> Faults);

/// <summary>What became of a change. Zero is never a valid value.</summary>
public enum TenantRegistryOutcome : byte
{
    None = 0,

    /// <summary>It is stored.</summary>
    Stored = 1,

    /// <summary>Another change was first; read again and repeat it.</summary>
    Superseded = 2,

    /// <summary>It breaks a rule; nothing has changed.</summary>
    Faulty = 3,

    /// <summary>The storage failed; the change may or may not be there.</summary>
    StoreUnavailable = 4,
}
