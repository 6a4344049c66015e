using System.Security.Cryptography;
using System.Text;

namespace TtsGrains.Cli.Bench.Processes;

/// <summary>The processes that a benchmark starts: scripted upstream, relay and service. All end with it, and the service's data with them.</summary>
internal sealed class BenchHosts : IDisposable
{
    private const string Tenant = "bench";

    // More than any benchmark opens, so that a limit is hit only where one is set.
    private const string AnyNumberOfContexts = "1000000";

    private readonly FileInfo _service;
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tts-bench-");
    private readonly List<BenchProcess> _started = [];

    private BenchHosts(FileInfo service) => _service = service;

    /// <summary>Gets the upstream, as a target.</summary>
    public BenchTarget Direct { get; private set; } = null!;

    /// <summary>Gets the folder where the service keeps its data.</summary>
    public DirectoryInfo Data => _data;

    /// <summary>Starts the upstream.</summary>
    /// <param name="service">The built service.</param>
    /// <exception cref="BenchFailedException">It did not start.</exception>
    public static async Task<BenchHosts> StartAsync(FileInfo service)
    {
        var hosts = new BenchHosts(service);
        try
        {
            hosts.Direct = new BenchTarget("direct", hosts.Add(await BenchCommand.StartUpstreamAsync()).Url);
            return hosts;
        }
        catch
        {
            hosts.Dispose();
            throw;
        }
    }

    /// <summary>Starts the relay.</summary>
    /// <exception cref="BenchFailedException">It did not start.</exception>
    public async Task<BenchTarget> StartRelayAsync()
    {
        var relay = Add(await BenchCommand.StartRelayAsync(Direct.Url));
        return new BenchTarget("relay", relay.Url, Process: relay);
    }

    /// <summary>Starts the service with its archive and grain state in files.</summary>
    /// <param name="settings">Settings beside those that every benchmark has.</param>
    /// <param name="tenants">Tenants beside the one that the returned target speaks as, with their keys.</param>
    /// <exception cref="BenchFailedException">It did not start.</exception>
    public async Task<BenchTarget> StartServiceAsync(IEnumerable<(string Name, string Value)> settings, params IEnumerable<(string Tenant, string Key)> tenants)
    {
        var key = NewKey();
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Listen__Http"] = "0",
            ["Data"] = _data.FullName,
            ["Logging__LogLevel__Default"] = "Warning",
            ["Upstreams__main__Url"] = Direct.Url.ToString(),
        };
        foreach (var (tenant, itsKey) in tenants.Prepend((Tenant, key)))
        {
            environment[$"Tenants__{tenant}__Keys__0"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(itsKey)));
            environment[$"Tenants__{tenant}__MaxOpenContexts"] = AnyNumberOfContexts;
        }

        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        var service = Add(await BenchProcess.StartAsync("dotnet", [_service.FullName], environment));
        return new BenchTarget(BenchTarget.ServiceName, service.Url, key, service);
    }

    /// <summary>Makes a random API key.</summary>
    public static string NewKey() => RandomNumberGenerator.GetHexString(32);

    public void Dispose()
    {
        // The service first: a process that loses its upstream would complain.
        foreach (var process in Enumerable.Reverse(_started))
        {
            process.Dispose();
        }

        _data.Delete(recursive: true);
    }

    private BenchProcess Add(BenchProcess process)
    {
        _started.Add(process);
        return process;
    }
}
