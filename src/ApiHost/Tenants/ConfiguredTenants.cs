using System.Security.Cryptography;
using System.Text;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>The tenants of the configuration. An API host needs at least one.</summary>
internal static class ConfiguredTenants
{
    private const string Demo = "demo";

    /// <summary>Adds the tenant <c>demo</c> with the key <c>demo</c> in the Development environment.</summary>
    public static void AddDemoTenant(this WebApplicationBuilder builder)
    {
        if (builder.Environment.IsDevelopment())
        {
            var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Demo)));
            builder.Configuration.AddInMemoryCollection([new($"{TenantOptions.Section}:{Demo}:{nameof(TenantOptions.Keys)}:demo", key)]);
        }
    }

    /// <summary>Gets a sentence if there is no tenant.</summary>
    public static IEnumerable<string> Check(IConfiguration configuration)
        => configuration.GetSection(TenantOptions.Section).GetChildren().Any()
            ? []
            : [$"{TenantOptions.Section} is empty; name at least one tenant with {TenantOptions.Section}:<id>:Keys:0 = the SHA-256 of its key in hexadecimal."];
}
