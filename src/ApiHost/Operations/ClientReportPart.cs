using TtsGrains.ApiHost.Tenants;
using TtsGrains.Grains.Interfaces.Operations;
using TtsGrains.Grains.Operations;

namespace TtsGrains.ApiHost.Operations;

/// <summary>Reports what each tenant has open on this host.</summary>
internal sealed class ClientReportPart(SocketCounts sockets, ListenerCounts listeners) : IHostReportPart
{
    public HostReport AddTo(HostReport report) => report with
    {
        ServesClients = true,
        Tenants = [.. sockets.Tenants.Union(listeners.Tenants, StringComparer.Ordinal).Select(tenant => new TenantReport(tenant, sockets.Of(tenant), listeners.Of(tenant)))],
    };
}
