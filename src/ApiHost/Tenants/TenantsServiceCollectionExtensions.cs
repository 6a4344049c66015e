using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.ApiHost.Tenants;

internal static class TenantsServiceCollectionExtensions
{
    private const string Demo = "demo";

    /// <summary>Who may speak here, by the tenants of the configuration. In Development there is one more, <c>demo</c> with the key <c>demo</c>; elsewhere, without any, the host does not start.</summary>
    public static IServiceCollection AddTenants(this IServiceCollection services, IConfigurationManager configuration, IHostEnvironment environment)
    {
        if (environment.IsDevelopment())
        {
            var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Demo)));
            configuration.AddInMemoryCollection([new($"{TenantOptions.Section}:{Demo}:Keys:demo", key)]);
        }

        services.AddTenantOptions(configuration);
        services.AddSingleton<IValidateOptions<TenantOptions>, TenantOptionsValidator>();
        services.AddOptions<TenantsPresent>().Configure(present => present.Any = configuration.GetSection(TenantOptions.Section).GetChildren().Any())
            .Validate(present => present.Any, $"{TenantOptions.Section} is empty; name at least one tenant with {TenantOptions.Section}:<id>:Keys:0 = the SHA-256 of its key in hexadecimal.")
            .ValidateOnStart();
        services.AddSingleton<TenantDirectory>();
        return services;
    }

    private sealed class TenantsPresent
    {
        public bool Any { get; set; }
    }
}
