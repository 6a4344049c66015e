using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using TtsGrains.Tenants.Files;

namespace TtsGrains.Tenants.Stored;

/// <summary>
/// The tenants of the admin API as a part of the configuration, in the form of a tenants file. A tenant that the settings or a tenants file have too is
/// left to them: there is no mixture of both.
/// </summary>
public sealed class StoredTenants : ConfigurationProvider, IConfigurationSource
{
    /// <summary>A document without tenants.</summary>
    public const string Empty = """{"tenants": {}}""";

    private readonly Lock _gate = new();
    private readonly TenantsFileReader _reader = new();
    private IConfigurationRoot? _configuration;
    private IReadOnlyDictionary<string, string?> _stored = new Dictionary<string, string?>();

    /// <summary>The number of the document that is in force; it grows with every change.</summary>
    public long Version { get; private set; } = -1;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Follows the other parts of the configuration.</summary>
    /// <param name="configuration">The whole, with this as a part.</param>
    public void Follow(IConfigurationRoot configuration)
    {
        _configuration = configuration;
        ChangeToken.OnChange(configuration.GetReloadToken, Refresh);
        Refresh();
    }

    /// <summary>Determines whether the settings or a tenants file have a tenant.</summary>
    public bool IsElsewhere(string tenant) => Elsewhere().Contains(tenant);

    /// <summary>Gets the ids of the tenants that are in force here, and not elsewhere.</summary>
    public IReadOnlyList<string> Tenants
        => [.. GetChildKeys([], TenantOptions.Section).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    /// <summary>Gets all settings of the configuration but these.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Others(IConfiguration configuration)
    {
        var own = Data;
        return configuration.AsEnumerable().Where(setting => !own.ContainsKey(setting.Key));
    }

    /// <summary>Puts a document in force, unless a newer one is.</summary>
    /// <returns>A sentence for every fault; then nothing has changed.</returns>
    public IReadOnlyList<string> Apply(long version, string json)
    {
        lock (_gate)
        {
            if (version <= Version)
            {
                return [];
            }

            if (_reader.Read(Encoding.UTF8.GetBytes(json), out var settings) is { Count: > 0 } faults)
            {
                return faults;
            }

            (Version, _stored) = (version, settings);
        }

        Refresh();
        return [];
    }

    private HashSet<string> Elsewhere()
        => (_configuration?.Providers ?? []).Where(provider => provider != this).SelectMany(provider => provider.GetChildKeys([], TenantOptions.Section))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private void Refresh()
    {
        lock (_gate)
        {
            var elsewhere = Elsewhere();
            var settings = _stored.Where(setting => !elsewhere.Contains(setting.Key.Split(ConfigurationPath.KeyDelimiter)[1]))
                .ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.OrdinalIgnoreCase);
            if (settings.Count == Data.Count && settings.All(setting => Data.TryGetValue(setting.Key, out var value) && value == setting.Value))
            {
                return;
            }

            Data = settings;
        }

        // Its own reload comes back here and finds nothing new.
        OnReload();
    }
}
