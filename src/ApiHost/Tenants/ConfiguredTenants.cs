using System.Security.Cryptography;
using System.Text;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>The tenants of the configuration. An API host needs at least one.</summary>
internal static class ConfiguredTenants
{
    private const string Demo = "demo";

    /// <summary>Adds the key <c>demo</c> of the tenant <c>demo</c> in the Development environment, unless the configuration names other tenants.</summary>
    public static void AddDemoTenant(this WebApplicationBuilder builder)
    {
        var hasTenants = builder.Configuration.GetSection(TenantOptions.Section).GetChildren().Any(tenant => !tenant.Key.Equals(Demo, StringComparison.OrdinalIgnoreCase));
        if (builder.Environment.IsDevelopment() && !hasTenants)
        {
            var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Demo)));
            builder.Configuration.AddInMemoryCollection([new($"{TenantOptions.Section}:{Demo}:{nameof(TenantOptions.Keys)}:demo", key)]);
        }
    }

    /// <summary>Gets a sentence if there is no tenant, and one for each key that several tenants have.</summary>
    public static IEnumerable<string> Check(IConfiguration configuration)
    {
        var tenants = configuration.GetSection(TenantOptions.Section).GetChildren().ToArray();
        if (tenants.Length == 0)
        {
            return [$"{TenantOptions.Section} is empty; name at least one tenant with {TenantOptions.Section}:<id>:Keys:0 = the SHA-256 of its key in hexadecimal."];
        }

        return from tenant in tenants
               from key in tenant.GetSection(nameof(TenantOptions.Keys)).GetChildren()
               where key.Value is not null
               group tenant.Key by key.Value!.ToUpperInvariant() into owners
               let names = owners.Distinct(StringComparer.OrdinalIgnoreCase).ToArray()
               where names.Length > 1
               select $"{TenantOptions.Section}: {string.Join(" and ", names)} have the same key; a key belongs to one tenant.";
    }
}
