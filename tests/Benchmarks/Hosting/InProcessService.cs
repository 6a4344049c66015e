using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Hosting;

namespace TtsGrains.Benchmarks.Hosting;

/// <summary>The service in this process, with its archive and grain state in a folder of its own.</summary>
internal sealed class InProcessService : IAsyncDisposable
{
    private const string Key = "bench-key";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tts-benchmarks-");
    private readonly WebApplication _app;

    private InProcessService(Uri upstream, Action<IServiceCollection>? change)
    {
        string[] settings =
        [
            "--environment=Production",
            $"--Data={_data.FullName}",
            "--Listen:Http=0",
            $"--Upstreams:main:Url={upstream}",
            $"--Tenants:bench:Keys:0={Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}",
            // What is under way when it stops fails, and says so.
            "--Logging:LogLevel:Default=Critical",
            "--hostBuilder:reloadConfigOnChange=false",
        ];
        _app = WebApplication.CreateSlimBuilder(settings).BuildApiHost(change: change);
    }

    /// <summary>Starts it on a free port.</summary>
    /// <param name="upstream">The WebSocket endpoint of its upstream.</param>
    /// <param name="change">Changes what it is made of.</param>
    public static async Task<InProcessService> StartAsync(Uri upstream, Action<IServiceCollection>? change = null)
    {
        var service = new InProcessService(upstream, change);
        await service._app.StartAsync();
        return service;
    }

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="path">Such as /tts/websocket.</param>
    /// <param name="query">The query of the URL; empty for none.</param>
    public async Task<ClientWebSocket> ConnectAsync(string path, string query)
    {
        var url = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(address => address.StartsWith("http:", StringComparison.Ordinal)));
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", Key);
        await socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = path, Query = query }.Uri, CancellationToken.None);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
