using Microsoft.Extensions.Options;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.ApiHost.Tenants;

internal static class TenantsServiceCollectionExtensions
{
    /// <summary>Adds the tenants of the configuration and the check of their credentials and rates.</summary>
    public static IServiceCollection AddTenants(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddTenantOptions(configuration);
        services.AddSingleton<IValidateOptions<TenantOptions>, TenantOptionsValidator>();
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<TenantShares>();
        services.AddHostedService(provider => provider.GetRequiredService<TenantShares>());
        services.AddSingleton<TenantRates>();
        services.AddSingleton<MonthlyCharacters>();
        services.AddHostedService(provider => provider.GetRequiredService<MonthlyCharacters>());
        services.AddSingleton<ArchiveQuota>();
        services.AddHostedService(provider => provider.GetRequiredService<ArchiveQuota>());
        services.AddOptions<CredentialOptions>().BindConfiguration(CredentialOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<WrongCredentials>();
        services.AddSingleton<SocketCounts>();
        services.AddSingleton<ListenerCounts>();
        return services;
    }
}
