using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace TtsGrains.Grains.Tenants;

public static class TenantsServiceCollectionExtensions
{
    /// <summary>The tenants of the configuration, each an options instance by its id. All processes of a cluster are to be told the same.</summary>
    public static IServiceCollection AddTenantOptions(this IServiceCollection services, IConfiguration configuration)
    {
        foreach (var tenant in configuration.GetSection(TenantOptions.Section).GetChildren())
        {
            services.AddOptions<TenantOptions>(tenant.Key).Bind(tenant).ValidateDataAnnotations().ValidateOnStart();
        }

        return services;
    }
}
