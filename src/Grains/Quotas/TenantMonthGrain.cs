using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Storage;

namespace TtsGrains.Grains.Quotas;

/// <summary>Adds up the characters of a tenant's month over all hosts, and warns once when they reach the tenant's alarm.</summary>
[GrainType(GrainTypes.TenantMonth)]
internal sealed partial class TenantMonthGrain(
    [PersistentState("month", GrainStorage.Name)] IPersistentState<MonthState> stored,
    IOptionsMonitor<TenantOptions> tenants,
    TenantInstruments instruments,
    ILogger<TenantMonthGrain> logger) : Grain, ITenantMonthGrain
{
    public async Task<MonthUse> AddAsync(MonthBatch batch)
    {
        var before = stored.State;
        var after = before.Add(batch);
        if (!ReferenceEquals(before, after))
        {
            stored.State = after;
            try
            {
                await stored.WriteStateAsync();
            }
            catch
            {
                // The host sends the batch again.
                stored.State = before;
                throw;
            }

            Warn(before.Use.Month == after.Use.Month ? before.Use.Characters : 0, after.Use);
        }

        return stored.State.Use;
    }

    private void Warn(long before, MonthUse use)
    {
        var tenant = this.GetPrimaryKeyString();
        instruments.MonthUsed(tenant, use.Characters);
        if (tenants.Get(tenant) is { MaxCharactersPerMonth: { } limit } options && QuotaAlarm.IsCrossed(before, use.Characters, limit, options.CharactersPerMonthAlarmPercent))
        {
            instruments.MonthAlarm(tenant);
            LogAlarm(logger, tenant, use.Characters, options.CharactersPerMonthAlarmPercent, limit);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant} has used {Characters} characters this month, at least {Percent} % of its {Limit}")]
    private static partial void LogAlarm(ILogger logger, string tenant, long characters, int percent, long limit);
}
