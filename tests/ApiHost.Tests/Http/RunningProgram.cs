using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Http;

/// <summary>
/// The real program in a process of its own, on free loopback ports, with a data directory of its own. It speaks tones: the same bytes every time,
/// on every machine.
/// </summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    /// <summary>The key of the tenant <c>demo</c>.</summary>
    public const string Key = "demo";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private RunningProgram(Process process, string data, Uri http, Uri https)
    {
        _process = process;
        Data = data;
        Http = http;
        Https = https;
        Client = Connect();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public Uri Http { get; }

    public Uri Https { get; }

    /// <summary>The data directory.</summary>
    public string Data { get; }

    /// <summary>Sends the key of <c>demo</c>.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts the program and waits until it says that it serves.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="settings">Settings beside those of all tests, with colons as in the configuration.</param>
    public static Task<RunningProgram> StartAsync(CancellationToken cancellationToken, params (string Name, string Value)[] settings)
        => StartOnAsync(Directory.CreateTempSubdirectory("tts-api-tests-").FullName, cancellationToken, settings);

    /// <summary>Starts it on a data directory that an earlier one has left.</summary>
    /// <param name="data">The directory.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="settings">As of <see cref="StartAsync"/>.</param>
    public static async Task<RunningProgram> StartOnAsync(string data, CancellationToken cancellationToken, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [ServicePrograms.PathOf("ApiHost")])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = data,
        };
        (string Name, string Value)[] common =
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("Listen:Http", "0"),
            ("Listen:Https", "0"),
            ("Data", data),
            ("Tenants:demo:Keys:0", HashOf(Key)),
            ("LocalVoice:Engine", "Tones"),
            ("LocalVoice:RealtimeFactor", "50"),
            ("Contexts:Retention", "00:00:00.2"),
            ("Upstreams:main:CancelDrainTimeout", "00:00:00.2"),
            ("Logging:LogLevel:Default", "Error"),
        ];
        foreach (var (name, value) in common.Concat(settings))
        {
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var process = Process.Start(start)!;
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(StartTimeout);
            string? line;
            do
            {
                line = await process.StandardOutput.ReadLineAsync(timeout.Token)
                    ?? throw new InvalidOperationException("The service ended before it was ready; its standard error says why.");
            }
            while (!line.StartsWith("ready ", StringComparison.Ordinal));

            var words = line.Split(' ').Skip(1).Select(word => word.Split('=', 2)).ToDictionary(word => word[0], word => word[1]);
            return new RunningProgram(process, data, new Uri(words["http"]), new Uri(words["https"]));
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>What the configuration holds of a key.</summary>
    public static string HashOf(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>A client without a credential.</summary>
    public HttpClient Connect() => new() { BaseAddress = Http, Timeout = WaitTimeout };

    /// <summary>What <c>/health/ready</c> says.</summary>
    public async Task<JsonElement> GetHealthAsync(CancellationToken cancellationToken)
        => await Client.GetFromJsonAsync<JsonElement>("/health/ready", cancellationToken);

    /// <summary>Asks the service how it is until a condition holds: every answer is a chance for it to have changed.</summary>
    public async Task WaitUntilAsync(string what, Func<JsonElement, bool> condition, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(WaitTimeout);
        var health = default(JsonElement);
        try
        {
            do
            {
                health = await GetHealthAsync(timeout.Token);
            }
            while (!condition(health));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Not within {WaitTimeout}: {what}. The service says {health}.");
        }
    }

    /// <summary>Kills it, with SIGKILL where there is such a thing: it has no chance to save anything. Its data directory stays.</summary>
    public async Task KillAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }
    }
}
