using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace TtsGrains.Grains.Tenants;

/// <summary>Reads the options of a tenant from the configuration, whenever it was added there.</summary>
internal sealed class TenantOptionsSetup(IConfiguration configuration) : IConfigureNamedOptions<TenantOptions>
{
    public void Configure(string? name, TenantOptions options)
    {
        if (name is { Length: > 0 })
        {
            configuration.GetSection(TenantOptions.Section).GetSection(name).Bind(options);
        }
    }

    public void Configure(TenantOptions options) => Configure(Options.DefaultName, options);
}
