using System.Globalization;
using System.Text.RegularExpressions;

namespace TtsGrains.Cli.Cluster;

/// <summary>Azurite's blob service on a free loopback port, in place of an Azure storage account.</summary>
internal sealed partial class AzuriteServer : IAsyncDisposable
{
    // Published by Microsoft for every Azurite and storage emulator; it opens nothing else.
    private const string WellKnownAccount = "devstoreaccount1";
    private const string WellKnownKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const int Interrupt = 2;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly ChildProcess _server;

    private AzuriteServer(ChildProcess server, string url)
    {
        _server = server;
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={WellKnownAccount};AccountKey={WellKnownKey};BlobEndpoint={url}/{WellKnownAccount};";
    }

    public string ConnectionString { get; }

    public ChildProcess Process => _server;

    /// <param name="executable">Azurite's blob server.</param>
    /// <param name="folder">Where it keeps what it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="port">Its port; 0 takes a free one.</param>
    /// <exception cref="ChildFailedException">It does not start.</exception>
    public static async Task<AzuriteServer> StartAsync(string executable, string folder, CancellationToken cancellationToken, int port = 0)
    {
        Directory.CreateDirectory(folder);
        var program = new ChildProgram(
            "azurite", executable, "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--location", folder, "--disableTelemetry", "--silent", "--skipApiVersionCheck")
        {
            IsReady = line => ListensOn().IsMatch(line),
        };
        var server = await ChildProcess.StartAsync(program, Timeout, cancellationToken);
        return new AzuriteServer(server, ListensOn().Match(await server.Ready).Groups["url"].Value);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(Timeout, Interrupt);
        await _server.DisposeAsync();
    }

    [GeneratedRegex(@"successfully listens on (?<url>http://\S+)")]
    private static partial Regex ListensOn();
}
