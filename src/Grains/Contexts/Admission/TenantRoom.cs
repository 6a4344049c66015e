using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Calls;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.Grains.Contexts.Admission;

/// <summary>Room among the open contexts of a tenant: taken in this process when the service is one process, else from the tenant's grain.</summary>
internal sealed partial class TenantRoom(TenantAdmission admission, IGrainFactory grains, TimeProvider time, ILogger<TenantRoom> logger)
{
    /// <returns>0 when admitted; else the limit that was reached.</returns>
    public ValueTask<int> AdmitAsync(ContextHost context)
        => admission.IsLocal ? new(admission.Admit(context.Key)) : new(GrainRetry.InvokeAsync(() => TenantOf(context).AdmitAsync(context.GrainKey), time));

    /// <summary>A context that continues has its room, whatever the limit.</summary>
    public Task RenewAsync(ContextHost context) => GrainRetry.TellAsync(() => TenantOf(context).RenewAsync([context.GrainKey]), time);

    /// <summary>Begins to give the room back.</summary>
    public Task StartRelease(ContextHost context)
    {
        if (admission.IsLocal)
        {
            admission.Release(context.Key);
            return Task.CompletedTask;
        }

        return GrainRetry.TellAsync(() => TenantOf(context).ReleaseAsync(context.GrainKey), time);
    }

    /// <summary>
    /// Waits until the room is given back. A host that stops may have stopped the tenant first; then there is nothing to give back. Otherwise the tenant's
    /// lease of a context that is not renewed expires.
    /// </summary>
    public async Task FinishReleaseAsync(ContextHost context, Task released)
    {
        try
        {
            await released;
        }
        catch (Exception e)
        {
            LogNotReleased(logger, context.Key, e.Message);
        }
    }

    private ITenantGrain TenantOf(ContextHost context) => grains.GetGrain<ITenantGrain>(context.Key.Tenant);

    [LoggerMessage(Level = LogLevel.Information, Message = "Context {ContextKey} could not give back the room that it took: {Reason}")]
    private static partial void LogNotReleased(ILogger logger, ContextKey contextKey, string reason);
}
