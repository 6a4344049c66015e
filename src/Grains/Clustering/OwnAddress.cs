using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace TtsGrains.Grains.Clustering;

/// <summary>
/// What <c>Cluster:AdvertisedAddress</c> = <c>auto</c> stands for: in a container whose address is not known beforehand, the one that it was given.
/// </summary>
internal static class OwnAddress
{
    public const string Auto = "auto";

    /// <summary>The setting with <c>auto</c> replaced by an address. Only a silo has others reach it.</summary>
    /// <param name="settings">Says what is wanted.</param>
    /// <param name="list">The addresses of this machine; asked only when it matters.</param>
    /// <exception cref="SettingsException">There is none, or more than one to choose from.</exception>
    public static string Resolve(ClusterSettings settings, Func<IReadOnlyList<IPAddress>> list)
    {
        if (!settings.AdvertisedAddress.Equals(Auto, StringComparison.OrdinalIgnoreCase))
        {
            return settings.AdvertisedAddress;
        }

        if (settings.Mode != ClusterMode.Member)
        {
            return IPAddress.Loopback.ToString();
        }

        var candidates = Choose(list());
        return candidates.Count == 1
            ? candidates[0].ToString()
            : throw new SettingsException(
                $"{ClusterSettings.Section}:{nameof(settings.AdvertisedAddress)} is {Auto}, but this machine has "
                + (candidates.Count == 0 ? "no address beside loopback." : $"several addresses, {string.Join(", ", candidates.Select(address => address.ToString()).Order(StringComparer.Ordinal))}; name the one at which others reach this process."));
    }

    /// <summary>The addresses of this machine, on interfaces that are up.</summary>
    public static IReadOnlyList<IPAddress> List() =>
    [
        .. from network in NetworkInterface.GetAllNetworkInterfaces()
           where network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown
           from unicast in network.GetIPProperties().UnicastAddresses
           select unicast.Address,
    ];

    // Those that others could use. Where there are both kinds, IPv4: a container with both has one of each.
    private static List<IPAddress> Choose(IReadOnlyList<IPAddress> addresses)
    {
        var usable = addresses.Where(address => !IPAddress.IsLoopback(address) && !IsLinkLocal(address)).Distinct().ToList();
        var old = usable.FindAll(address => address.AddressFamily == AddressFamily.InterNetwork);
        return old.Count > 0 ? old : usable;
    }

    private static bool IsLinkLocal(IPAddress address)
        => address.IsIPv6LinkLocal || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);
}
