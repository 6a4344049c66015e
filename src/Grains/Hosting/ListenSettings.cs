using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace TtsGrains.Grains.Hosting;

/// <summary>Reads where a host listens for HTTP; see <see cref="ListenOptions"/>.</summary>
public static class ListenSettings
{
    public const string Section = "Listen";

    private const string Http = $"{Section}:Http";
    private const string Address = $"{Section}:Address";

    /// <exception cref="SettingsException">It is no IP address.</exception>
    public static IPAddress GetListenAddress(this IConfiguration configuration)
    {
        var text = configuration[Address] ?? "127.0.0.1";
        return IPAddress.TryParse(text, out var address) ? address : throw new SettingsException($"{Address} is '{text}'; it must be an IP address.");
    }

    /// <exception cref="SettingsException">It is no port.</exception>
    public static int GetHttpPort(this IConfiguration configuration, int @default)
    {
        var text = configuration[Http];
        return string.IsNullOrEmpty(text) ? @default
            : int.TryParse(text, out var port) && port is >= 0 and <= IPEndPoint.MaxPort ? port
            : throw new SettingsException($"{Http} is '{text}'; it must be a port, or 0 for a free one.");
    }

    /// <summary>Checks that the host can listen on its port for HTTP.</summary>
    /// <exception cref="PortInUseException">It cannot.</exception>
    public static void RequireFreeHttpPort(this IConfiguration configuration, int @default)
        => PortInUseException.ThrowIfTaken(configuration.GetListenAddress(), configuration.GetHttpPort(@default), "--http 0 (the setting Listen:Http=0)");

    /// <summary>From now on it is this port: somebody may know it already.</summary>
    internal static void SetHttpPort(this IConfiguration configuration, int port)
        => configuration[Http] = port.ToString(CultureInfo.InvariantCulture);
}
