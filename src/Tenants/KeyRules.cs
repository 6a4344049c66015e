using Microsoft.Extensions.Configuration;

namespace TtsGrains.Tenants;

/// <summary>Rules about the keys of tenants.</summary>
public static class KeyRules
{
    /// <summary>Gets a sentence for every entry that is no key, and for each key that is there twice.</summary>
    public static IEnumerable<string> Check(IConfiguration configuration)
    {
        var entries = Entries(configuration).ToList();
        return entries.Where(entry => entry.Fault is not null).Select(entry => $"{entry.Path} {entry.Fault}")
            .Concat(from entry in entries
                    where entry.Fault is null
                    group entry by entry.Key.Sha256 into same
                    where same.Count() > 1
                    select Describe([.. same]));
    }

    /// <summary>Gets a sentence for each key that several tenants have.</summary>
    public static IEnumerable<string> CheckShared(IConfiguration configuration)
        => from entry in Entries(configuration)
           where entry.Fault is null
           group entry by entry.Key.Sha256 into same
           where TenantsOf(same).Length > 1
           select Describe([.. same]);

    private static string Describe(IReadOnlyList<Entry> same)
        => TenantsOf(same) is { Length: > 1 } tenants
            ? $"{TenantOptions.Section}: {Words.And(tenants)} have the same key; a key belongs to one tenant."
            : $"{same[0].Path} and {same[1].Path} are the same key.";

    private static string[] TenantsOf(IEnumerable<Entry> entries) => [.. entries.Select(entry => entry.Tenant).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static IEnumerable<Entry> Entries(IConfiguration configuration)
    {
        foreach (var tenant in configuration.GetSection(TenantOptions.Section).GetChildren())
        {
            foreach (var text in tenant.GetSection(nameof(TenantOptions.Keys)).GetChildren())
            {
                var fault = ApiKey.Parse(text.Value ?? "", out var key);
                yield return new Entry(tenant.Key, text.Path, key, fault);
            }
        }
    }

    private sealed record Entry(string Tenant, string Path, ApiKey Key, string? Fault);
}
