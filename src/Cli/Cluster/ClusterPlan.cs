using System.Globalization;

namespace TtsGrains.Cli.Cluster;

/// <summary>What a local cluster is made of.</summary>
/// <param name="Folder">Where all of it keeps what it has.</param>
/// <param name="Silos">How many processes host grains.</param>
/// <param name="Apis">How many processes serve clients.</param>
/// <param name="FirstHttpPort">Where the first of them does; the others follow. 0: on free ports.</param>
public sealed record ClusterPlan(string Folder, int Silos, int Apis, int FirstHttpPort)
{
    public IEnumerable<string> SiloNames => Enumerable.Range(1, Silos).Select(number => string.Create(CultureInfo.InvariantCulture, $"silo{number}"));

    public IEnumerable<string> ApiNames => Enumerable.Range(1, Apis).Select(number => string.Create(CultureInfo.InvariantCulture, $"api{number}"));

    /// <summary>The folder of one part.</summary>
    public string FolderOf(string part) => Path.Combine(Folder, part);

    /// <summary>The settings of a process that hosts grains.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="services">What the cluster shares.</param>
    public Dictionary<string, string> SettingsOfSilo(string name, ClusterServices services) => Common(name, services);

    /// <summary>The settings of a process that serves clients.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="services">What the cluster shares.</param>
    public Dictionary<string, string> SettingsOfApi(string name, ClusterServices services) => new(Common(name, services))
    {
        ["Cluster:Mode"] = "client",
        ["Listen:Http"] = PortOf(name).ToString(CultureInfo.InvariantCulture),
        ["Listen:Https"] = "0",
        ["AccessTokens:KeyDirectory"] = FolderOf("token-keys"),
    };

    private int PortOf(string api) => FirstHttpPort == 0 ? 0 : FirstHttpPort + ApiNames.TakeWhile(name => name != api).Count();

    private Dictionary<string, string> Common(string name, ClusterServices services) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? "Development",
        ["Cluster:ConnectionString"] = services.Database,
        ["Cluster:Name"] = name,

        // All ports are on loopback.
        ["Cluster:Tls:Off"] = "true",
        ["Upstreams:main:Url"] = services.Upstream,
        ["Upstreams:main:Pronunciations"] = services.IsEmbeddedVoice ? "Inline" : "Copy",
        ["Archive:Kind"] = "azure",
        ["Archive:ConnectionString"] = services.Archive,
        ["Archive:SpoolPath"] = Path.Combine(FolderOf(name), "spool"),
        ["Data"] = FolderOf(name),
        ["Listen:Http"] = "0",
    };
}

/// <summary>What the processes of a cluster share.</summary>
/// <param name="Database">The connection string of the database.</param>
/// <param name="Archive">The connection string of the storage account.</param>
/// <param name="Upstream">The WebSocket address of the upstream.</param>
/// <param name="IsEmbeddedVoice">True if that is LocalVoice.</param>
public sealed record ClusterServices(string Database, string Archive, string Upstream, bool IsEmbeddedVoice);
