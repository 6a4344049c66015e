using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Storage;
using TtsGrains.Tenants.Files;
using TtsGrains.Tenants.Stored;

namespace TtsGrains.Grains.Tenants;

/// <summary>Keeps the tenants of the admin API. A change is checked together with the other tenants of this silo, and stored before it is answered.</summary>
[GrainType(GrainTypes.TenantRegistry)]
internal sealed partial class TenantRegistryGrain(
    [PersistentState("tenants", GrainStorage.Name)] IPersistentState<TenantRegistryState> stored,
    IConfiguration configuration,
    StoredTenants tenants,
    TenantRules rules,
    ILogger<TenantRegistryGrain> logger) : Grain, ITenantRegistryGrain
{
    public Task<TenantRegistry?> GetAsync(long known)
        => Task.FromResult(known == stored.State.Version ? null : new TenantRegistry(stored.State.Version, stored.State.Json));

    public async Task<TenantRegistryChange> ReplaceAsync(long version, string json)
    {
        if (version != stored.State.Version)
        {
            return new TenantRegistryChange(TenantRegistryOutcome.Superseded, []);
        }

        if (Check(json) is { Count: > 0 } faults)
        {
            return new TenantRegistryChange(TenantRegistryOutcome.Faulty, [.. faults]);
        }

        (stored.State.Version, stored.State.Json) = (version + 1, json);
        try
        {
            await stored.WriteStateAsync();
            return new TenantRegistryChange(TenantRegistryOutcome.Stored, []);
        }
        catch (Exception failure)
        {
            LogFailed(logger, failure.Message.Split('\n')[0]);
            await stored.ReadStateAsync();
            return new TenantRegistryChange(TenantRegistryOutcome.StoreUnavailable, []);
        }
    }

    private IReadOnlyList<string> Check(string json)
    {
        var all = new ConfigurationBuilder().AddInMemoryCollection(tenants.Others(configuration)).Build();
        return new TenantsFileReader(changed => rules.Check(new ConfigurationBuilder().AddConfiguration(all).AddConfiguration(changed).Build())).Read(Encoding.UTF8.GetBytes(json), out _);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tenants of the admin API could not be stored: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
