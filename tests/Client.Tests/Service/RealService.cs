using System.Diagnostics;
using System.Reflection;
using TtsGrains.Client.Connections;
using TtsGrains.Client.Tests.Service;

[assembly: AssemblyFixture(typeof(RealService))]

namespace TtsGrains.Client.Tests.Service;

/// <summary>The real service with its embedded voice, as a process of its own, on a free port and in a folder of its own.</summary>
public sealed class RealService : IAsyncLifetime
{
    /// <summary>A voice of the embedded voice's catalogue.</summary>
    public const string Voice = "6ccbfb76-1fc6-48f7-b71d-91ac6298247b";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tts-client-");
    private string[] _settings = [];
    private Process? _process;

    /// <summary>A key of the scope operator.</summary>
    public const string OperatorKey = "ops-key";

    /// <summary>The data directory.</summary>
    public string Data => _data.FullName;

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>A client that comes back quickly.</summary>
    /// <param name="handler">Carries its connections; null for the default.</param>
    public TtsClient NewClient(HttpMessageHandler? handler = null) => new(new TtsClientOptions
    {
        BaseUrl = Url,
        ApiKey = "demo",
        Handler = handler,
        Reconnect = new ReconnectPolicy { FirstDelay = TimeSpan.FromMilliseconds(1), LongestDelay = TimeSpan.FromMilliseconds(20) },
    });

    /// <summary>Starts one with settings of its own.</summary>
    public static async Task<RealService> StartAsync(params string[] settings)
    {
        var service = new RealService { _settings = settings };
        await service.InitializeAsync();
        return service;
    }

    /// <summary>Runs the command line. Returns its exit code, what it printed, and what it complained of.</summary>
    public Task<(int ExitCode, string Output, string Errors)> RunCliAsync(params IEnumerable<string> arguments) => RunCliAsync(Url, arguments);

    /// <summary>Runs the command line against another service.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunCliAsync(Uri url, params IEnumerable<string> arguments)
        => RunAsync([], [.. arguments, "--url", url.ToString()]);

    /// <summary>Runs the command line without an address.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(params IEnumerable<string> arguments) => RunAsync([], arguments);

    /// <summary>Runs the command line with an environment of its own.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        IEnumerable<(string Name, string Value)> environment, params IEnumerable<string> arguments)
    {
        var start = StartInfo("Cli", [.. arguments]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var cli = Process.Start(start)!;
        var (output, errors) = (cli.StandardOutput.ReadToEndAsync(), cli.StandardError.ReadToEndAsync());
        await cli.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (cli.ExitCode, await output, await errors);
    }

    public async ValueTask InitializeAsync()
    {
        var start = StartInfo("ApiHost", ["--Listen:Http=0", $"--Data={_data.FullName}", "--environment=Production", $"--Tenants:demo:Keys:0={DemoKeyHash}", $"--Tenants:ops:Keys:0={OperatorKeyHash} scopes=operator", "--LocalVoice:RealtimeFactor=0", .. _settings]);
        _process = Process.Start(start)!;
        _ = _process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Timeout);
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("ready http=", StringComparison.Ordinal))
            {
                Url = new Uri(line.Split(' ')[1]["http=".Length..]);
                _ = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("The service ended before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _data.Delete(recursive: true);
    }

    // SHA-256 of "demo".
    private const string DemoKeyHash = "2A97516C354B68848CDBD8F54A226A0A55B21ED138E207AD6C5CBB9C00AA5AEA";

    private static string OperatorKeyHash => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("ops-key"u8));

    /// <summary>Gets the path of a built program, "Cli" or "ApiHost".</summary>
    public static string PathOf(string program) => Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(known => known.Key == program).Value!;

    private static ProcessStartInfo StartInfo(string program, params string[] arguments)
        => new("dotnet", [PathOf(program), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
}
