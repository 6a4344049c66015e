using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace TtsGrains.Grains.Tenants;

public static class TenantsServiceCollectionExtensions
{
    /// <summary>
    /// The tenants of the configuration, each an options instance by its id. They follow the configuration: tenants come, change and go while the host
    /// runs. All processes of a cluster are to be told the same.
    /// </summary>
    public static IServiceCollection AddTenantOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IConfigureOptions<TenantOptions>, TenantOptionsSetup>();
        services.AddSingleton<IOptionsMonitorCache<TenantOptions>>(_ => CreateCache(configuration));
        services.AddSingleton<IValidateOptions<TenantOptions>>(new DataAnnotationValidateOptions<TenantOptions>(name: null));
        foreach (var tenant in configuration.GetSection(TenantOptions.Section).GetChildren())
        {
            services.AddOptions<TenantOptions>(tenant.Key).ValidateOnStart();
        }

        return services;
    }

    // A class derived from the cache would cost an allocation each time that options are read.
    private static OptionsCache<TenantOptions> CreateCache(IConfiguration configuration)
    {
        var cache = new OptionsCache<TenantOptions>();
        ChangeToken.OnChange(configuration.GetReloadToken, cache.Clear);
        return cache;
    }
}
