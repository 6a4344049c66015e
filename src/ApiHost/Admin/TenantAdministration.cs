using System.Text;
using TtsGrains.ApiHost.Access;
using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Tenants;
using TtsGrains.Protocol.Errors;
using TtsGrains.Tenants.Files;
using TtsGrains.Tenants.Stored;

namespace TtsGrains.ApiHost.Admin;

/// <summary>
/// Changes the tenants of the admin API. Nothing changes before a record of who asked is durable; when a change is answered, its record is durable too, and
/// this host has taken the change up.
/// </summary>
internal sealed class TenantAdministration(IGrainFactory grains, StoredTenants stored, StoredTenantsWatcher watcher, AuditTrail audit, TimeProvider time)
{
    private const int MostAttempts = 10;
    private const string Name = "The admin API";

    /// <summary>Changes a tenant.</summary>
    /// <param name="http">The request.</param>
    /// <param name="tenant">The tenant's id.</param>
    /// <param name="action">What is done, one of <see cref="AuditActions"/>.</param>
    /// <param name="change">Changes the document and describes the change for the record, or finds an error. It may be called again.</param>
    /// <returns>Null when it is stored, or the error.</returns>
    public async Task<ProtocolError?> ChangeAsync(HttpContext http, string tenant, string action, Func<TenantsDocument, TenantChange> change)
    {
        if (stored.IsElsewhere(tenant))
        {
            return action == AuditActions.AddTenant ? AdminErrors.TenantExists : AdminErrors.TenantConfigured;
        }

        var registry = grains.GetGrain<ITenantRegistryGrain>(ITenantRegistryGrain.Key);
        var isRecorded = false;
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var before = (await registry.GetAsync(known: -1))!;
            var document = TenantsDocument.Parse(Encoding.UTF8.GetBytes(before.Json), Name);
            var what = action != AuditActions.AddTenant && !document.Tenants.Contains(tenant) ? new TenantChange(AdminErrors.TenantNotFound) : change(document);
            if (what.Error is { } error)
            {
                return error;
            }

            if (!isRecorded)
            {
                await RecordAsync(http, tenant, action, AuditResults.Begun, what);
                isRecorded = true;
            }

            var result = await registry.ReplaceAsync(before.Version, Encoding.UTF8.GetString(document.ToBytes()));
            switch (result.Outcome)
            {
                case TenantRegistryOutcome.Stored:
                    await watcher.RefreshAsync();
                    await RecordAsync(http, tenant, action, AuditResults.Done, what);
                    return null;
                case TenantRegistryOutcome.Faulty:
                    await RecordAsync(http, tenant, action, "invalid_request", what);
                    return AdminErrors.Faulty(result.Faults);
                case TenantRegistryOutcome.StoreUnavailable:
                    return AdminErrors.Unavailable;
            }
        }

        return AdminErrors.Changing;
    }

    // In the tenant's chain: it sees what was changed and by whom.
    private Task RecordAsync(HttpContext http, string tenant, string action, string result, TenantChange what)
    {
        var caller = http.GetCaller();
        return audit.RecordAsync(AuditNames.OfTenant(tenant), new AuditEntry(time.GetUtcNow(), action, result)
        {
            By = $"{caller.Tenant}/{caller.KeyId}",
            Target = what.Target,
            Detail = what.Detail,
            RequestId = http.TraceIdentifier,
        });
    }
}

/// <summary>A change of a tenant, or why there is none.</summary>
/// <param name="Error">Why not; null for a change.</param>
/// <param name="Target">The id of the key that it is about.</param>
/// <param name="Detail">What has changed.</param>
internal sealed record TenantChange(ProtocolError? Error, string? Target = null, string? Detail = null);
