using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.ApiHost.Hosting;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>The real service in this process, on a free port and in a folder of its own, against an upstream that the test scripts.</summary>
public sealed class RunningService : IAsyncDisposable
{
    /// <summary>A tenant and, with "-key" behind it, its key.</summary>
    public const string Acme = "acme";

    public const string Bolt = "bolt";

    /// <summary>Settings for an address with TLS, whose certificate the service makes: HTTP/2 needs one.</summary>
    public static readonly string[] Tls = ["environment=Development", "Listen:Https=0"];

    private readonly DirectoryInfo _data;
    private readonly WebApplication _app;
    private bool _isStopped;

    private RunningService(WebApplication app, ScriptedUpstream upstream, DirectoryInfo data)
    {
        (_app, Upstream, _data) = (app, upstream, data);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Http = new Uri(addresses.First(a => a.StartsWith("http:", StringComparison.Ordinal)));
        Https = addresses.FirstOrDefault(a => a.StartsWith("https:", StringComparison.Ordinal)) is { } secure ? new Uri(secure) : null;
        Metrics = addresses.Where(a => a.StartsWith("http:", StringComparison.Ordinal)).Skip(1).Select(a => new Uri(a)).LastOrDefault();
        WebSocket = new UriBuilder(Http) { Scheme = "ws", Path = "/tts/websocket" }.Uri;
    }

    public ScriptedUpstream Upstream { get; }

    public Uri Http { get; }

    /// <summary>The address with TLS; null without <see cref="Tls"/>.</summary>
    public Uri? Https { get; }

    public Uri WebSocket { get; }

    /// <summary>The address for Prometheus; null without <c>Listen:Metrics</c>.</summary>
    public Uri? Metrics { get; }

    /// <summary>The data directory.</summary>
    public string Data => _data.FullName;

    public string ArchiveFolder => Path.Combine(_data.FullName, "archive");

    public IServiceProvider Services => _app.Services;

    public UpstreamPool Pool => Services.GetRequiredService<UpstreamPool>();

    /// <summary>What must be zero when no context is open: grains, logs, slots at the upstream, contexts counted against the tenant.</summary>
    public async Task<(int Grains, int Logs, int Slots, int Admitted)> CountOpenAsync(string tenant = Acme) => (
        Services.GetRequiredService<ContextInstruments>().ActiveContexts,
        Services.GetRequiredService<ContextLogs>().Count,
        Services.GetRequiredService<UpstreamPool>().SlotsTaken,
        await Services.GetRequiredService<IGrainFactory>().GetGrain<ITenantGrain>(tenant).CountOpenAsync());

    /// <summary>The folder of an archived context, when all of it is stored: the manifest is written last.</summary>
    public async Task<string> WhenArchivedAsync(string tenant, string session, string context)
    {
        var folder = Path.Combine(ArchiveFolder, ArchiveNames.SessionPrefix(tenant, session));
        string? found = null;
        await Eventually.IsTrueAsync(
            () => Directory.Exists(folder)
                && (found = Directory.GetDirectories(folder, $"*-{ArchiveNames.Escape(context)}").FirstOrDefault()) is not null
                && File.Exists(Path.Combine(found, "manifest.json")),
            TestContext.Current.CancellationToken);
        return found!;
    }

    /// <summary>Completes when everything handed to the archive is stored.</summary>
    public Task WhenStoredAsync(CancellationToken cancellationToken) => Services.GetRequiredService<ArchiveWriter>().WhenIdleAsync(cancellationToken);

    /// <summary>Whether the store has an object.</summary>
    public async Task<bool> HasStoredAsync(string name, CancellationToken cancellationToken)
        => await Services.GetRequiredService<ISegmentArchive>().GetLengthAsync(name, cancellationToken) is not null;

    /// <summary>Whether all contexts of a session have ended and handed over what they had.</summary>
    public bool IsFinished(string session, string tenant = Acme)
    {
        var view = Services.GetRequiredService<IGrainFactory>().GetGrain<ISessionGrain>(new SessionKey(tenant, session).ToString()).GetAsync();
        return view.GetAwaiter().GetResult().Contexts is { IsEmpty: false } all && all.All(context => !context.IsOpen);
    }

    /// <param name="settings">As on the command line, without dashes: <c>Contexts:ReconnectTimeout=00:00:01</c>. <c>{main}</c> stands for the upstream's address.</param>
    public static Task<RunningService> StartAsync(params string[] settings)
        => StartAsync(Environment.GetEnvironmentVariable("TTS_TEST_CONTEXTS") == "elsewhere" ? HoldElsewhere : null, settings);

    /// <summary>Starts one that is alone in any case: none of its contexts continues elsewhere.</summary>
    /// <param name="settings">As on the command line, without dashes.</param>
    public static Task<RunningService> StartAloneAsync(params string[] settings) => StartAsync(change: null, settings);

    /// <summary>Starts one whose sockets hold their contexts as if those lived in another process.</summary>
    /// <param name="settings">As on the command line, without dashes.</param>
    public static Task<RunningService> StartElsewhereAsync(params string[] settings) => StartAsync(HoldElsewhere, settings);

    /// <summary>Starts one with services of the test's own.</summary>
    /// <param name="change">Adds them.</param>
    /// <param name="settings">As on the command line, without dashes.</param>
    public static Task<RunningService> StartWithAsync(Action<IServiceCollection> change, params string[] settings) => StartAsync(change, settings);

    private static async Task<RunningService> StartAsync(Action<IServiceCollection>? change, string[] settings)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var upstream = await ScriptedUpstream.StartAsync(cancellationToken);
        var data = Directory.CreateTempSubdirectory("tts-grains-");
        string[] always =
        [
            "environment=Production",
            $"Data={data.FullName}",
            "Listen:Http=0",
            $"Upstreams:main:Url={upstream.Url}",
            $"Tenants:{Acme}:Keys:0={HashOfKey(Acme)}",
            $"Tenants:{Bolt}:Keys:0={HashOfKey(Bolt)}",
            "Credentials:MaxWrongPerMinute=1000000",
            "Logging:LogLevel:Default=Warning",
        ];
        var builder = WebApplication.CreateSlimBuilder([.. always.Concat(settings).Select(setting => "--" + setting.Replace("{main}", upstream.Url.ToString(), StringComparison.Ordinal))]);
        var app = builder.BuildApiHost(change: change);
        await app.StartAsync(cancellationToken);
        await Eventually.IsTrueAsync(() => app.Services.GetRequiredService<UpstreamPool>().IsReady, cancellationToken);
        return new RunningService(app, upstream, data);
    }

    /// <summary>Stops the service as a deploy does.</summary>
    public async Task StopAsync()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            await _app.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
        await Upstream.DisposeAsync();
        _data.Delete(recursive: true);
    }

    // Logs of its own, which stay empty, make it a process of its own.
    private static void HoldElsewhere(IServiceCollection services)
    {
        services.AddContextHandles(isAlone: false);
        services.AddSingleton<ContextHandleFactory>(provider => new ContextHandleFactory.Cluster(
            ActivatorUtilities.CreateInstance<RemoteContextServices>(provider, new ContextLogs())));
    }

    private static string HashOfKey(string tenant) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}-key")));
}
