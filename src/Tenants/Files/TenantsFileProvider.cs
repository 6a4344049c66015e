using Microsoft.Extensions.Configuration;

namespace TtsGrains.Tenants.Files;

/// <summary>The tenants of a file as a part of the configuration.</summary>
internal sealed class TenantsFileProvider : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Replaces all of them at once, and tells the readers of the configuration.</summary>
    public void Replace(IReadOnlyDictionary<string, string?> settings)
    {
        Data = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
        OnReload();
    }
}
