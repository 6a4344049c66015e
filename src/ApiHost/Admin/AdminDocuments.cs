using System.Text.Json.Serialization;
using TtsGrains.ApiHost.Tenants;

namespace TtsGrains.ApiHost.Admin;

/// <summary>All tenants.</summary>
internal sealed record AdminTenantsDocument(IReadOnlyList<AdminTenantDocument> Tenants);

/// <summary>A tenant as the operator sees it.</summary>
/// <param name="Tenant">Its id.</param>
/// <param name="Source">Where it is changed: <c>settings</c>, which are those of the hosts and their tenants files, or <c>api</c>.</param>
/// <param name="Keys">Its keys, also those that have expired.</param>
/// <param name="Limits">Its limits; null is none.</param>
internal sealed record AdminTenantDocument(string Tenant, string Source, IReadOnlyList<TenantKeyDocument> Keys, IReadOnlyDictionary<string, long?> Limits);

/// <summary>A new key.</summary>
/// <param name="Key">The key: it is shown this once.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Id">The beginning of its SHA-256.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="ExpiresAt">When it ends; null if it does not.</param>
internal sealed record AdminNewKeyDocument(string Key, string Tenant, string Id, string? Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt);

/// <summary>What a new tenant is.</summary>
/// <param name="Tenant">Its id.</param>
/// <param name="Key">Its first key; one with the defaults if it is left out.</param>
/// <param name="Limits">Limits other than the defaults, by name; null for the default.</param>
internal sealed record AddTenantRequest(string Tenant, NewKeyRequest? Key, IReadOnlyDictionary<string, long?>? Limits);

/// <summary>What a new key is.</summary>
/// <param name="Name">A name: at most 64 letters, digits and . _ - @.</param>
/// <param name="Scopes">Some of speak, listen, archive and admin; the first three by default.</param>
/// <param name="ExpiresAt">A day or a time in UTC; never by default.</param>
internal sealed record NewKeyRequest(string? Name, IReadOnlyList<string>? Scopes, string? ExpiresAt);

/// <summary>How a key is replaced by a new one of its name and scopes.</summary>
/// <param name="OverlapSeconds">How long the old one stays valid, 0 to 2,592,000; 3600 by default.</param>
/// <param name="ExpiresAt">When the new one ends; by default when the old one would have.</param>
internal sealed record RotateKeyRequest(int? OverlapSeconds, string? ExpiresAt);

[JsonSerializable(typeof(AdminTenantsDocument))]
[JsonSerializable(typeof(AdminNewKeyDocument))]
[JsonSerializable(typeof(AddTenantRequest))]
[JsonSerializable(typeof(RotateKeyRequest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class AdminJson : JsonSerializerContext;
