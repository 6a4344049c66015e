using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TtsGrains.Tenants.Files;

/// <summary>Adds a tenants file to a host.</summary>
public static class TenantsFileHostingExtensions
{
    /// <summary>Adds the tenants of a file to the configuration, and follows the file.</summary>
    /// <param name="builder">The host; its configuration has all other tenants by now.</param>
    /// <param name="path">The file.</param>
    /// <param name="rules">Get a sentence for every fault beside those that the settings of one tenant can have.</param>
    /// <exception cref="SettingsException">The file cannot be read, or has a fault.</exception>
    public static void AddTenantsFile(this IHostApplicationBuilder builder, string path, params Func<IConfiguration, IEnumerable<string>>[] rules)
    {
        var configured = new ConfigurationBuilder().AddInMemoryCollection(builder.Configuration.GetSection(TenantOptions.Section).AsEnumerable()).Build();
        var source = new TenantsFileSource(Path.GetFullPath(path), new TenantsFileReader([file => CheckConfigured(configured, file), .. rules]));
        if (!source.TryRefresh(out var faults))
        {
            throw new SettingsException(string.Join(Environment.NewLine, faults.Select(fault => $"{path}: {fault}")));
        }

        builder.Configuration.Sources.Add(source.Provider);
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<TenantsFileWatcher>(services, source));
    }

    private static IEnumerable<string> CheckConfigured(IConfiguration configured, IConfiguration file)
    {
        string[] names = [.. configured.GetSection(TenantOptions.Section).GetChildren().Select(tenant => tenant.Key)];
        var twice = from tenant in file.GetSection(TenantOptions.Section).GetChildren()
                    where names.Contains(tenant.Key, StringComparer.OrdinalIgnoreCase)
                    select $"{tenant.Path} is in the settings of the host too; a tenant is in one of them.";

        // A tenant that is in both was named already.
        var all = new ConfigurationBuilder().AddConfiguration(configured).AddConfiguration(file).Build();
        return twice.Any() ? twice : KeyRules.CheckShared(all);
    }
}
