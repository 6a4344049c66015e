using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Removal;

namespace TtsGrains.Grains.Tenants;

/// <summary>The retention of archived sessions by the tenants' options.</summary>
internal sealed class TenantRetention(IConfiguration configuration, IOptionsMonitor<TenantOptions> options) : IRetentionPolicy
{
    /// <inheritdoc/>
    public IEnumerable<(string Tenant, int Days)> Tenants
        => from section in configuration.GetSection(TenantOptions.Section).GetChildren()
           let days = options.Get(section.Key).RetentionDays
           where days is not null
           select (section.Key, days.Value);
}
