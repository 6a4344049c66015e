using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>The tenants of the configuration. An API host needs at least one.</summary>
internal static class ConfiguredTenants
{
    private const string Demo = "demo";

    /// <summary>Adds the key <c>demo</c> of the tenant <c>demo</c> in the Development environment, unless the configuration names other tenants or a file of them.</summary>
    public static void AddDemoTenant(this WebApplicationBuilder builder)
    {
        var hasTenants = builder.Configuration.GetSection(TenantOptions.Section).GetChildren().Any(tenant => !tenant.Key.Equals(Demo, StringComparison.OrdinalIgnoreCase));
        if (builder.Environment.IsDevelopment() && !hasTenants && string.IsNullOrEmpty(builder.Configuration[nameof(HostSettings.TenantsFile)]))
        {
            var key = new ApiKey(ApiKey.HashOf(Demo)) { Scopes = Scopes.Default | Scopes.Admin };
            builder.Configuration.AddInMemoryCollection([new($"{TenantOptions.Section}:{Demo}:{nameof(TenantOptions.Keys)}:demo", key.ToString())]);
        }
    }

    /// <summary>Gets a sentence if there is no tenant, one for each tenant without a key, and one for each key that several tenants have.</summary>
    public static IEnumerable<string> Check(IConfiguration configuration)
    {
        var tenants = configuration.GetSection(TenantOptions.Section).GetChildren().ToArray();
        if (tenants.Length == 0 && string.IsNullOrEmpty(configuration[nameof(HostSettings.TenantsFile)]))
        {
            return
            [
                $"{TenantOptions.Section} is empty; name at least one tenant with {TenantOptions.Section}:<id>:Keys:0 = the SHA-256 of its key in hexadecimal, "
                + $"or a file of tenants with {nameof(HostSettings.TenantsFile)}.",
            ];
        }

        return KeyRules.CheckShared(configuration)
            .Concat(from tenant in tenants
                    where !tenant.GetSection(nameof(TenantOptions.Keys)).GetChildren().Any()
                    select $"{tenant.Path}:{nameof(TenantOptions.Keys)} is empty; a tenant needs at least one key.");
    }
}
