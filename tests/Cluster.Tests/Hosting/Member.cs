using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using TtsGrains.Cli.Cluster;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Hosting;

/// <summary>One process of a cluster, a silo or an API host. It can be killed, stopped, frozen and started again, alone.</summary>
public sealed partial class Member : IAsyncDisposable
{
    /// <summary>The key of the tenant that every member knows.</summary>
    public const string Key = "acme-key";

    private const int Stop = 19;
    private const int Continue = 18;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);

    private readonly ChildProgram _program;
    private ChildProcess? _process;
    private Uri? _http;

    public Member(ChildProgram program) => _program = program;

    public string Name => _program.Name;

    /// <summary>Where it answers, once it is ready: an API host to clients, a silo to those who ask how it is.</summary>
    public Uri Http => _http ?? throw new InvalidOperationException($"{Name} is not ready.");

    /// <summary>The socket of the Cartesia API.</summary>
    public Uri WebSocket => new UriBuilder(Http) { Scheme = "ws", Path = "/tts/websocket" }.Uri;

    public ChildProcess Process => _process ?? throw new InvalidOperationException($"{Name} has not been started.");

    public bool IsRunning => _process is { Exited.IsCompleted: false };

    /// <summary>The last of what it said.</summary>
    public string Said => _process?.Said ?? "";

    /// <summary>Starts it, again after it has ended, with the settings and the folder that it had.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Begin();
        await WhenReadyAsync(cancellationToken);
    }

    /// <summary>Starts it without waiting.</summary>
    public void Begin() => (_http, _process) = (null, ChildProcess.Start(_program));

    /// <exception cref="ChildFailedException">It ended instead; the message has what it said.</exception>
    public async Task WhenReadyAsync(CancellationToken cancellationToken)
    {
        var line = await Process.Ready.WaitAsync(StartTimeout, cancellationToken);
        _http = new Uri(Address().Match(line).Groups["url"].Value);
    }

    /// <summary>Kills it (SIGKILL).</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>Stops it as a deploy does (SIGTERM).</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Assert.True(await Process.StopAsync(StopTimeout), $"{Name} did not stop by itself. It said:{Environment.NewLine}{Said}");
        return await Process.Exited;
    }

    /// <summary>Has it stand still (SIGSTOP): its sockets stay open without an answer.</summary>
    public void Freeze() => Process.Signal(Stop);

    /// <summary>Has it go on (SIGCONT).</summary>
    public void Thaw() => Process.Signal(Continue);

    /// <summary>A client that sends the tenant's key.</summary>
    public HttpClient Connect(string? key = Key)
    {
        var client = new HttpClient { BaseAddress = Http, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>What <c>/health/ready</c> says.</summary>
    public Task<JsonElement> GetHealthAsync(CancellationToken cancellationToken) => Health.GetAsync(Http, cancellationToken);

    /// <summary>Completes when it has said something with these words.</summary>
    public Task WhenSaidAsync(string words, CancellationToken cancellationToken)
        => Eventually.IsTrueAsync(() => Said.Contains(words, StringComparison.Ordinal), cancellationToken, $"{Name} says '{words}'");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    [GeneratedRegex(@"\b(?:http|health)=(?<url>\S+)")]
    private static partial Regex Address();
}
