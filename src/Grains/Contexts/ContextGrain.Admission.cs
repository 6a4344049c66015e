using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Contexts;

/// <content>Room among the open contexts of its tenant: taken in this process when the service is one process, else from the tenant's grain.</content>
internal sealed partial class ContextGrain
{
    private ITenantGrain Tenant => GrainFactory.GetGrain<ITenantGrain>(_key.Tenant);

    /// <returns>0 when admitted; else the limit that was reached.</returns>
    private ValueTask<int> AdmitAsync()
        => admission.IsLocal ? new(admission.Admit(_key)) : new(GrainRetry.InvokeAsync(() => Tenant.AdmitAsync(this.GetPrimaryKeyString()), time));

    // A context that continues has its room, whatever the limit.
    private Task RenewAdmissionAsync() => GrainRetry.TellAsync(() => Tenant.RenewAsync([this.GetPrimaryKeyString()]), time);

    private Task StartRelease()
    {
        if (admission.IsLocal)
        {
            admission.Release(_key);
            return Task.CompletedTask;
        }

        return GrainRetry.TellAsync(() => Tenant.ReleaseAsync(this.GetPrimaryKeyString()), time);
    }
}
