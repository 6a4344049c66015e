using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace TtsGrains.Grains.Clustering;

/// <summary>How this process takes part in a cluster. Read before there is a host.</summary>
public sealed class ClusterSettings
{
    // Below the ports that systems give to outgoing connections, one of which could take it before Orleans does.
    private const int FirstFreePort = 12_000;
    private const int FreePorts = 8_000;

    public const string Section = "Cluster";

    /// <summary>Alone, a silo of a cluster, or a client of it. Default: single.</summary>
    public ClusterMode Mode { get; set; } = ClusterMode.Single;

    /// <summary>
    /// The PostgreSQL database that all of the cluster share, as Npgsql writes it. A secret. Each host opens up to 16 connections unless <c>Maximum Pool Size</c>
    /// says otherwise; the server must allow them for all hosts together. Default: none.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Which cluster: processes with another id do not see this one. Default: tts.</summary>
    public string Id { get; set; } = "tts";

    /// <summary>Whose grain state it is; stays the same when a new cluster takes over from an old one. Default: tts-grains.</summary>
    public string ServiceId { get; set; } = "tts-grains";

    /// <summary>This process's name in logs and in the membership table. Default: the machine's name and the silo port.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// The IP address at which the others reach this silo, and on which it listens; <c>auto</c>: the one that this machine has beside loopback.
    /// Default: 127.0.0.1.
    /// </summary>
    public string AdvertisedAddress { get; set; } = "127.0.0.1";

    /// <summary>The port for other silos; 0 takes a free one. A single process opens none. Default: 0.</summary>
    public int SiloPort { get; set; }

    /// <summary>The port for clients; 0 takes a free one. A single process opens none. Default: 0.</summary>
    public int GatewayPort { get; set; }

    /// <summary>
    /// How long a silo may take to answer a probe at first; the probes follow each other as quickly as half of this once it is known to answer fast.
    /// Default: 0.5 seconds.
    /// </summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How many probes in a row a silo may miss before the others vote it dead. A silo that has just started on a busy machine may miss two. Default: 3.</summary>
    public int MissedProbes { get; set; } = 3;

    /// <summary>How long a grain call may take before it has failed. Default: 10 seconds.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The path of the Orleans Dashboard on a silo's HTTP port, such as <c>/dashboard</c>; empty: none. Default: empty.</summary>
    public string Dashboard { get; set; } = "";

    /// <summary>Encrypts what the processes say to each other; must be configured in a cluster, or switched off.</summary>
    public ClusterTlsSettings Tls { get; set; } = new();

    /// <summary>Where the others reach this silo.</summary>
    public IPEndPoint SiloEndpoint => new(IPAddress.Parse(AdvertisedAddress), SiloPort);

    /// <summary>Reads and checks the section, and fills in what was left to us.</summary>
    /// <param name="configuration">The host's configuration.</param>
    /// <param name="mode">What this program is; null: what the section says.</param>
    /// <exception cref="SettingsException">Names every setting that is wrong.</exception>
    /// <exception cref="PortInUseException">A port of the silo is taken.</exception>
    public static ClusterSettings Read(IConfiguration configuration, ClusterMode? mode = null)
    {
        var settings = Bind(configuration);
        settings.Mode = mode ?? settings.Mode;
        settings.AdvertisedAddress = OwnAddress.Resolve(settings, OwnAddress.List);
        var wrong = ClusterSettingsRules.Check(settings).ToList();
        if (wrong.Count > 0)
        {
            throw new SettingsException(string.Join(Environment.NewLine, wrong));
        }

        if (settings.Mode == ClusterMode.Member)
        {
            var address = IPAddress.Parse(settings.AdvertisedAddress);
            PortInUseException.ThrowIfTaken(address, settings.SiloPort, $"{Section}:{nameof(SiloPort)}=0");
            PortInUseException.ThrowIfTaken(address, settings.GatewayPort, $"{Section}:{nameof(GatewayPort)}=0");
        }

        settings.SiloPort = settings.SiloPort != 0 ? settings.SiloPort : FreePort(settings.AdvertisedAddress, isGateway: false);
        settings.GatewayPort = settings.GatewayPort != 0 ? settings.GatewayPort : FreePort(settings.AdvertisedAddress, isGateway: true);
        settings.Name = settings.Name.Length > 0 ? settings.Name : $"{Environment.MachineName}-{settings.SiloPort}";
        return settings;
    }

    private static ClusterSettings Bind(IConfiguration configuration)
    {
        try
        {
            return configuration.GetSection(Section).Get<ClusterSettings>() ?? new ClusterSettings();
        }
        catch (InvalidOperationException wrong)
        {
            // It names the setting and the value; those that are secret are text, which always fits.
            throw new SettingsException(wrong.Message, wrong);
        }
    }

    // By process: silos that start together on one machine would else find the same port free, and one of them could not bind it.
    private static int FreePort(string address, bool isGateway)
    {
        for (var offset = (2L * Environment.ProcessId) + (isGateway ? 1 : 0); ; offset += 2)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Parse(address), FirstFreePort + (int)(offset % FreePorts));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one may be free.
            }
            catch (SocketException notOurs)
            {
                throw new SettingsException($"{Section}:{nameof(AdvertisedAddress)} is {address}, which is no address of this machine.", notOurs);
            }
        }
    }
}

/// <summary>TLS between the processes of a cluster, both sides showing a certificate. Section <c>Cluster:Tls</c>; all of it, or <see cref="Off"/>.</summary>
public sealed class ClusterTlsSettings
{
    /// <summary>
    /// Whether the processes of a cluster do without TLS. Anyone who reaches a silo or gateway port can then call any grain: only where the
    /// network, or a policy of it, keeps all others away. Default: false.
    /// </summary>
    public bool Off { get; set; }

    /// <summary>This process's certificate, a PEM file. Default: none.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>Its private key, a PEM file.</summary>
    public string Key { get; set; } = "";

    /// <summary>The certificate of the authority that signed everybody's, a PEM file. Who shows one of its certificates is let in.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Whether there is to be TLS.</summary>
    public bool IsOn => Certificate.Length > 0 || Key.Length > 0 || Authority.Length > 0;
}
