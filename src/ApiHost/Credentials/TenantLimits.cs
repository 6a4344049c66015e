using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;

namespace TtsGrains.ApiHost.Credentials;

/// <summary>The limits of a tenant as documents have them.</summary>
internal static class TenantLimits
{
    public static TenantLimitsDocument Of(TenantOptions tenant, SocketOptions sockets) => new(
        tenant.MaxOpenContexts,
        tenant.MaxSockets ?? sockets.MaxSocketsPerTenant,
        tenant.MaxListeners,
        tenant.MaxContextsPerSecond,
        tenant.MaxCharactersPerMinute,
        tenant.MaxCharactersPerMonth,
        tenant.MaxTokensPerMinute,
        tenant.MaxArchiveBytes,
        tenant.RetentionDays,
        tenant.Weight,
        tenant.ReservedContexts,
        tenant.BurstContexts);
}
