using System.Data.Common;
using System.Net;

namespace TtsGrains.Grains.Clustering;

/// <summary>What <see cref="ClusterSettings"/> must be like. Reports every failure, not the first.</summary>
internal static class ClusterSettingsRules
{
    private static readonly TimeSpan ShortestProbe = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestResponse = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestResponse = TimeSpan.FromMinutes(5);

    /// <summary>Checks settings as they are in the configuration.</summary>
    /// <param name="settings">The settings; changed to what the program makes of them.</param>
    /// <param name="mode">The program's place in a cluster; null if the settings decide.</param>
    public static IEnumerable<string> Check(ClusterSettings settings, ClusterMode? mode)
    {
        settings.Mode = mode ?? settings.Mode;
        if (settings.AdvertisedAddress.Equals(OwnAddress.Auto, StringComparison.OrdinalIgnoreCase))
        {
            settings.AdvertisedAddress = IPAddress.Loopback.ToString();
        }

        return Check(settings);
    }

    public static IEnumerable<string> Check(ClusterSettings settings)
    {
        if (!Enum.IsDefined(settings.Mode) || settings.Mode == ClusterMode.None)
        {
            yield return Say(nameof(settings.Mode), $"is {settings.Mode}; it must be single, member or client.");
        }

        if (settings.Mode is not (ClusterMode.Member or ClusterMode.Client))
        {
            yield break;
        }

        foreach (var wrong in CheckNames(settings).Concat(CheckPlaces(settings)).Concat(CheckTimes(settings)).Concat(CheckTls(settings.Tls)))
        {
            yield return wrong;
        }
    }

    private static IEnumerable<string> CheckNames(ClusterSettings settings)
    {
        if (!IsConnectionString(settings.ConnectionString))
        {
            yield return Say(nameof(settings.ConnectionString), "is not the connection string of a PostgreSQL database, such as Host=db;Database=tts;Username=tts;Password=….");
        }

        foreach (var (setting, value) in new[] { (nameof(settings.Id), settings.Id), (nameof(settings.ServiceId), settings.ServiceId) })
        {
            if (!IsName(value))
            {
                yield return Say(setting, $"is '{value}'; it must be 1 to 100 letters, digits, dots, hyphens and underscores.");
            }
        }

        if (settings.Name.Length > 0 && !IsName(settings.Name))
        {
            yield return Say(nameof(settings.Name), $"is '{settings.Name}'; it must be 1 to 100 letters, digits, dots, hyphens and underscores.");
        }
    }

    private static IEnumerable<string> CheckPlaces(ClusterSettings settings)
    {
        if (!IPAddress.TryParse(settings.AdvertisedAddress, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            yield return Say(nameof(settings.AdvertisedAddress), $"is '{settings.AdvertisedAddress}'; it must be the IP address at which others reach this process, or {OwnAddress.Auto}.");
        }

        foreach (var (setting, port) in new[] { (nameof(settings.SiloPort), settings.SiloPort), (nameof(settings.GatewayPort), settings.GatewayPort) })
        {
            if (port is < 0 or > IPEndPoint.MaxPort)
            {
                yield return Say(setting, $"is {port}; it must be a port, or 0 for a free one.");
            }
        }

        if (settings.SiloPort != 0 && settings.SiloPort == settings.GatewayPort)
        {
            yield return Say(nameof(settings.GatewayPort), $"is {settings.GatewayPort}, as {nameof(settings.SiloPort)} is; they must differ.");
        }

        if (settings.Dashboard.Length > 0 && (settings.Dashboard.Length < 2 || settings.Dashboard[0] != '/'))
        {
            yield return Say(nameof(settings.Dashboard), $"is '{settings.Dashboard}'; it must be a path, such as /dashboard.");
        }
    }

    private static IEnumerable<string> CheckTimes(ClusterSettings settings)
    {
        if (settings.ProbeTimeout < ShortestProbe || settings.ProbeTimeout > LongestProbe)
        {
            yield return Say(nameof(settings.ProbeTimeout), $"is {settings.ProbeTimeout}; it must be from {ShortestProbe} to {LongestProbe}.");
        }

        if (settings.MissedProbes is < 1 or > 100)
        {
            yield return Say(nameof(settings.MissedProbes), $"is {settings.MissedProbes}; it must be from 1 to 100.");
        }

        if (settings.ResponseTimeout < ShortestResponse || settings.ResponseTimeout > LongestResponse)
        {
            yield return Say(nameof(settings.ResponseTimeout), $"is {settings.ResponseTimeout}; it must be from {ShortestResponse} to {LongestResponse}.");
        }
    }

    private static IEnumerable<string> CheckTls(ClusterTlsSettings tls)
    {
        if (tls.IsOn == tls.Off)
        {
            yield return tls.Off
                ? Say($"Tls:{nameof(tls.Off)}", "is true, but there is a certificate; remove one of them.")
                : Say("Tls", $"is missing; a cluster needs Certificate, Key and Authority, or {ClusterSettings.Section}:Tls:{nameof(tls.Off)}=true to do without.");
        }

        if (!tls.IsOn)
        {
            yield break;
        }

        foreach (var (setting, file) in new[] { (nameof(tls.Certificate), tls.Certificate), (nameof(tls.Key), tls.Key), (nameof(tls.Authority), tls.Authority) })
        {
            if (!File.Exists(file))
            {
                yield return Say($"Tls:{setting}", file.Length == 0 ? "is empty; TLS needs all three of Certificate, Key and Authority." : $"is '{file}', which is no file here.");
            }
        }
    }

    private static string Say(string setting, string complaint) => $"{ClusterSettings.Section}:{setting} {complaint}";

    private static bool IsName(string value)
        => value.Length is > 0 and <= 100 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    // The form only: which words it may hold is known to the driver, which is asked next.
    private static bool IsConnectionString(string value)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = value }.Keys is { Count: > 0 } keys
                && keys.Cast<string>().Any(key => key is "host" or "server");
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
