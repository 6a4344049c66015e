using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Tenants.Files;

namespace TtsGrains.Grains.Hosting;

/// <summary>The tenants file of a host, if its settings name one.</summary>
public static class TenantsFileExtensions
{
    /// <summary>Adds the tenants of the file. Its tenants may name the upstreams of the settings only.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="cluster">Its place in the cluster: a client of the silos does not know the upstreams.</param>
    /// <exception cref="SettingsException">The file cannot be read, or has a fault.</exception>
    public static void AddTenantsFile(this IHostApplicationBuilder builder, ClusterSettings cluster)
    {
        if (builder.Configuration[nameof(HostSettings.TenantsFile)] is not { Length: > 0 } path)
        {
            return;
        }

        string[] upstreams = [.. builder.Configuration.GetSection(UpstreamOptions.Section).GetChildren().Select(upstream => upstream.Key).DefaultIfEmpty(UpstreamOptions.Main)];
        var configured = new ConfigurationBuilder().AddInMemoryCollection(builder.Configuration.AsEnumerable()).Build();
        builder.AddTenantsFile(path, file => cluster.Mode == ClusterMode.Client ? []
            : EntryRules.CheckReferences(file.GetSection(TenantOptions.Section), nameof(TenantOptions.Upstreams), "upstream", upstreams)
                .Concat(ShareRules.Check(new ConfigurationBuilder().AddConfiguration(configured).AddConfiguration(file).Build())));
    }
}
