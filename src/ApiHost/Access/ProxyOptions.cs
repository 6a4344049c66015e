using System.Net;

namespace TtsGrains.ApiHost.Access;

/// <summary>Reverse proxies in front of the host.</summary>
internal sealed class ProxyOptions
{
    public const string Section = "Proxies";

    /// <summary>
    /// Their addresses or networks, such as <c>10.0.0.0/8</c>. <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> of requests that come from them count; those of
    /// others are ignored. Default: none.
    /// </summary>
    public IList<string> Trusted { get; init; } = [];

    /// <summary>The networks.</summary>
    public IEnumerable<IPNetwork> Networks => Trusted.Select(text => TryParse(text, out var network) ? network : default(IPNetwork?)).OfType<IPNetwork>();

    /// <summary>Gets a sentence for every entry that is neither an address nor a network.</summary>
    public static IEnumerable<string> Check(string path, ProxyOptions options)
        => from text in options.Trusted
           where !TryParse(text, out _)
           select $"{path}:{nameof(Trusted)} names '{text}'; it must be an IP address or a network, such as 10.0.0.0/8.";

    private static bool TryParse(string text, out IPNetwork network)
    {
        if (!IPAddress.TryParse(text, out var address))
        {
            return IPNetwork.TryParse(text, out network);
        }

        network = new IPNetwork(address, 8 * address.GetAddressBytes().Length);
        return true;
    }
}
