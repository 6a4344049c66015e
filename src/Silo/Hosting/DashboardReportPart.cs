using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Interfaces.Operations;
using TtsGrains.Grains.Operations;

namespace TtsGrains.Silo.Hosting;

/// <summary>Reports where this silo's dashboard is.</summary>
internal sealed class DashboardReportPart(IServer server, ClusterSettings cluster) : IHostReportPart
{
    public HostReport AddTo(HostReport report)
        => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
            ? report with { Dashboard = AddressOf(address, cluster).ToString() }
            : report;

    // A silo that listens on all addresses is reached at the one that it advertises.
    internal static Uri AddressOf(string listening, ClusterSettings cluster)
    {
        var address = new UriBuilder(listening) { Path = cluster.Dashboard };
        address.Host = address.Host is "0.0.0.0" or "[::]" ? cluster.AdvertisedAddress : address.Host;
        return address.Uri;
    }
}
