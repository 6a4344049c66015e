using Microsoft.Extensions.Primitives;
using TtsGrains.Archive.Audit;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Interfaces.Audit;
using TtsGrains.Tenants.Stored;

namespace TtsGrains.ApiHost.Audit;

/// <summary>
/// Records which tenants change in the settings or the tenants file of this host while it runs. Each host reads its own, so each records what it has put in
/// force. The admin API records its changes itself.
/// </summary>
internal sealed class SettingsAudit(IConfiguration configuration, StoredTenants stored, ClusterSettings cluster, AuditBuffer buffer, TimeProvider time) : IHostedService, IDisposable
{
    private readonly Lock _gate = new();
    private TenantSettings _known = new(configuration, stored.IsElsewhere);
    private IDisposable? _reload;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _reload = ChangeToken.OnChange(configuration.GetReloadToken, Record);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _reload?.Dispose();

    private void Record()
    {
        lock (_gate)
        {
            var now = new TenantSettings(configuration, stored.IsElsewhere);
            foreach (var (tenant, detail) in now.ChangesSince(_known))
            {
                buffer.Add(AuditNames.OfTenant(tenant), new AuditEntry(time.GetUtcNow(), AuditActions.ChangeSettings, AuditResults.Done) { By = "settings", Target = cluster.Name, Detail = detail });
            }

            _known = now;
        }
    }
}
