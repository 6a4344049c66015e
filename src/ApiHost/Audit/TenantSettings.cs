namespace TtsGrains.ApiHost.Audit;

/// <summary>The settings of tenants at one moment, to be compared with those of another. Of keys it has what may be recorded.</summary>
internal sealed class TenantSettings
{
    private const string Default = "default";

    private static readonly string[] Limits = [.. TenantLimit.All.Select(limit => limit.Setting)];

    private readonly Dictionary<string, Dictionary<string, string>> _tenants = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="configuration">The configuration.</param>
    /// <param name="includes">True for a tenant to compare.</param>
    public TenantSettings(IConfiguration configuration, Func<string, bool> includes)
    {
        foreach (var tenant in configuration.GetSection(TenantOptions.Section).GetChildren().Where(tenant => includes(tenant.Key)))
        {
            _tenants[tenant.Key] = new Dictionary<string, string>(Read(tenant), StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>Describes what has changed since an earlier moment, by tenant.</summary>
    public IEnumerable<(string Tenant, string Detail)> ChangesSince(TenantSettings before)
        => from tenant in _tenants.Keys.Union(before._tenants.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)
           let now = _tenants.GetValueOrDefault(tenant)
           let then = before._tenants.GetValueOrDefault(tenant)
           let changes = Compare(then ?? [], now ?? [])
           let detail = string.Join(", ", (then is null ? ["added"] : now is null ? ["removed"] : Enumerable.Empty<string>()).Concat(changes))
           where detail.Length > 0
           select (tenant, detail);

    private static IEnumerable<KeyValuePair<string, string>> Read(IConfigurationSection tenant)
    {
        foreach (var setting in tenant.GetChildren())
        {
            if (!setting.Key.Equals(nameof(TenantOptions.Keys), StringComparison.OrdinalIgnoreCase))
            {
                yield return new(setting.Key, string.Join(',', setting.AsEnumerable().Select(part => part.Value).OfType<string>()));
                continue;
            }

            // The same key twice is one.
            foreach (var key in setting.GetChildren().Select(text => ApiKey.Parse(text.Value ?? "", out var key) is null ? key : null).OfType<ApiKey>().DistinctBy(key => key.Id))
            {
                yield return new($"key {key.Id}", key.Describe());
            }
        }
    }

    private static IEnumerable<string> Compare(Dictionary<string, string> before, Dictionary<string, string> now)
        => from setting in now.Keys.Union(before.Keys, StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
           let then = before.GetValueOrDefault(setting)
           let value = now.GetValueOrDefault(setting)
           where then != value
           select setting.StartsWith("key ", StringComparison.Ordinal) ? $"{setting} {(then is null ? $"added ({value})" : value is null ? "removed" : $"changed ({value})")}"
               : Limits.Contains(setting, StringComparer.OrdinalIgnoreCase) ? $"{setting}: {then ?? Default} -> {value ?? Default}"
               : setting;
}
