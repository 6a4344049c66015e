using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TtsGrains.Cli.Cluster;
using Xunit;

namespace TtsGrains.Testing;

/// <summary>
/// A real Azurite blob service on a free loopback port with an empty folder of its own. Use it as an assembly, collection or class fixture.
/// It comes from npm and must have been installed below tests/node.
/// </summary>
public sealed partial class Azurite : IAsyncLifetime
{
    // Published by Microsoft for every Azurite and storage emulator; it opens nothing else.
    private const string WellKnownAccount = "devstoreaccount1";
    private const string WellKnownKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    // Not one that the system may give to an outgoing connection while Azurite is stopped: it could not start again.
    private readonly int _port = LoopbackPort.FindFree();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("azurite-");
    private Process? _process;
    private Uri? _endpoint;

    /// <summary>Where it listens, with the account.</summary>
    public Uri Endpoint => _endpoint ?? throw new InvalidOperationException("Azurite has not started.");

    public string ConnectionString
        => $"DefaultEndpointsProtocol=http;AccountName={WellKnownAccount};AccountKey={WellKnownKey};BlobEndpoint={Endpoint};";

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Starts it; after <see cref="StopAsync"/> on the same port again, with all that it had.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(FindExecutable())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--blobHost", "127.0.0.1", "--blobPort", _port.ToString(CultureInfo.InvariantCulture), "--location", _folder.FullName, "--disableTelemetry", "--silent", "--skipApiVersionCheck",
            },
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("Azurite did not start.");

        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        void OnOutput(string? line)
        {
            lock (said)
            {
                said.Add(line ?? "(end of output)");
                if (ListensOn().Match(line ?? "") is { Success: true } match)
                {
                    listening.TrySetResult(new Uri($"{match.Groups["url"].Value}/{WellKnownAccount}"));
                }
                else if (line is null)
                {
                    listening.TrySetException(new InvalidOperationException($"Azurite ended before it listened. It said: {string.Join(' ', said)}"));
                }
            }
        }

        _process.OutputDataReceived += (_, e) => OnOutput(e.Data);
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is { } line)
            {
                OnOutput(line);
            }
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _endpoint = await listening.Task.WaitAsync(StartTimeout);
    }

    /// <summary>Stops it as an operator does: it keeps what it has, and its port is closed.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            using var interrupt = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    public static string FindExecutable()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "TtsGrains.sln")))
            {
                continue;
            }

            var tools = Path.Combine(folder.FullName, "tests", "node");
            var executable = Path.Combine(tools, "node_modules", ".bin", OperatingSystem.IsWindows() ? "azurite-blob.cmd" : "azurite-blob");
            return File.Exists(executable)
                ? executable
                : throw new InvalidOperationException($"Azurite is not installed. Run: npm ci --no-audit --no-fund --prefix \"{tools}\"");
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds TtsGrains.sln, so Azurite cannot be found.");
    }

    [GeneratedRegex(@"successfully listens on (?<url>http://\S+)")]
    private static partial Regex ListensOn();
}
