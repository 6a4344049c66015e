using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Health;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Upstreams;
using TtsGrains.LocalVoice;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Hosting;

/// <summary>
/// Sends contexts before the host reports ready: the first use of code compiles it, and the first client should not wait for that. It
/// is a client of this host like any other, over its own port: socket, grains, log and an upstream socket are the real ones. Nothing of it is
/// archived or counted, and its session is forgotten. The upstream is the embedded voice; where another one is configured, which may cost
/// money, an embedded voice of tones stands in for it. The silos of a cluster have one each, for the contexts of API hosts that start later.
/// </summary>
internal sealed partial class WarmUp(
    IServer server,
    TenantDirectory tenants,
    ContextLogs logs,
    WarmUpState state,
    IHostHealth health,
    ClusterSettings cluster,
    IOptions<SocketOptions> sockets,
    IGrainFactory grains,
    TimeProvider time,
    ILoggerFactory loggers,
    ILogger<WarmUp> logger,
    UpstreamPool? pool = null) : IAsyncDisposable
{
    // The first compiles the path; the second finds what the first left behind, such as an open upstream socket. In a cluster, over each silo.
    private const int Contexts = 2;
    private const int KeyBytes = 32;
    private const int LongestFrame = 64 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private LocalVoiceServer? _standIn;

    /// <summary>Whether it has gone through to its end.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>From now on the host is not ready before <see cref="RunAsync"/> is over.</summary>
    public void Expect() => state.IsPending = true;

    /// <summary>Warms the path. The host must have started. A failure is logged, and no reason not to serve.</summary>
    /// <param name="voice">The embedded voice; null when another upstream is configured.</param>
    public async Task RunAsync(Uri? voice)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        try
        {
            if (pool is not null)
            {
                _standIn = voice is null ? await StartStandInAsync(timeout.Token) : null;
                state.Upstream = voice ?? _standIn!.WebSocketUrl;
            }

            await SpeakAsync(timeout.Token);
            await (pool?.CloseIdleAsync(UpstreamOptions.WarmUp) ?? Task.CompletedTask);
            HasSpoken = true;
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
        }
        finally
        {
            tenants.SetGuest(null, "");
            state.IsPending = false;
            if (cluster.Mode == ClusterMode.Single)
            {
                await DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _standIn, null) is { } standIn)
        {
            await standIn.DisposeAsync();
        }
    }

    private Task<LocalVoiceServer> StartStandInAsync(CancellationToken cancellationToken) => LocalVoiceServer.StartAsync(
        new LocalVoiceOptions { Engine = LocalVoiceEngine.Tones, RealtimeFactor = 0 }, loggers, time, cancellationToken);

    private async Task SpeakAsync(CancellationToken cancellationToken)
    {
        var session = new SessionKey(ContextKey.WarmUpTenant, Guid.NewGuid().ToString("N"));
        var key = Convert.ToHexString(RandomNumberGenerator.GetBytes(KeyBytes));
        tenants.SetGuest(key, session.Tenant);
        try
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("X-API-Key", key);
            await socket.ConnectAsync(new UriBuilder(FindAddress()) { Scheme = "ws", Path = "/tts/websocket", Query = $"archive=off&session_id={session.Session}" }.Uri, cancellationToken);
            var contexts = Contexts * Math.Max(1, health.Report().Gateways ?? 1);
            for (var number = 1; number <= contexts; number++)
            {
                await SpeakAsync(socket, $"{number}", cancellationToken);
                await WhenGoneAsync(session, $"{number}", cancellationToken);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        finally
        {
            await grains.GetGrain<ISessionGrain>(session.ToString()).ForgetAsync();
        }
    }

    private async Task SpeakAsync(ClientWebSocket socket, string context, CancellationToken cancellationToken)
    {
        await SendAsync(socket, Message(context, "Ready ", "\"continue\":true,\"flush\":true"), cancellationToken);
        await SendAsync(socket, Message(context, "to speak.", "\"continue\":false"), cancellationToken);
        var frame = new byte[LongestFrame];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(frame.AsMemory(length), cancellationToken);
                length += received.Count;
            }
            while (!received.EndOfMessage);

            var kind = received.MessageType == WebSocketMessageType.Close ? FrameKind.Error : KindOf(frame.AsSpan(0, length));
            if (kind == FrameKind.Error)
            {
                throw new InvalidOperationException("The service does not answer as it should.");
            }

            if (kind == FrameKind.Done)
            {
                return;
            }
        }
    }

    // Apart from the loop: a ref struct must not live across an await, which the compiler only accepts with optimization.
    private static FrameKind KindOf(ReadOnlySpan<byte> message) => ServerFrameParser.TryParse(message, out var frame) ? frame.Kind : FrameKind.Error;

    private string Message(string context, string text, string rest) =>
        $$$"""{"context_id":"{{{context}}}","model_id":{{{JsonSerializer.Serialize(sockets.Value.AnyModel)}}},"transcript":"{{{text}}}","voice":{"mode":"id","id":"warm-up"},"output_format":{"container":"raw","encoding":"pcm_mulaw","sample_rate":8000},"max_buffer_delay_ms":0,"add_timestamps":true,{{{rest}}}}""";

    private static ValueTask SendAsync(ClientWebSocket socket, string message, CancellationToken cancellationToken)
        => socket.SendAsync(Encoding.UTF8.GetBytes(message).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    // A ready host must have no trace of it.
    private async Task WhenGoneAsync(SessionKey session, string context, CancellationToken cancellationToken)
    {
        while (logs.FindContext(session, context) is not null || !await IsOverAsync(session, context))
        {
            await Task.Delay(Glance, time, cancellationToken);
        }
    }

    // What the session hears of a context after it is forgotten would be stored again.
    private async Task<bool> IsOverAsync(SessionKey session, string context)
    {
        var view = await grains.GetGrain<ISessionGrain>(session.ToString()).GetAsync();
        return view.Contexts.Any(known => !known.IsOpen && ContextKey.Parse(known.ContextKey).Context == context);
    }

    private Uri FindAddress()
    {
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First(address => address.StartsWith("http:", StringComparison.Ordinal));
        var uri = new UriBuilder(address);
        uri.Host = !IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) ? uri.Host
            : ip.Equals(IPAddress.Any) ? IPAddress.Loopback.ToString()
            : ip.Equals(IPAddress.IPv6Any) ? $"[{IPAddress.IPv6Loopback}]"
            : uri.Host;
        return uri.Uri;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The path could not be warmed: the first contexts will wait longer for their first audio")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}

internal static class WarmUpServiceCollectionExtensions
{
    /// <summary>Adds the warm-up.</summary>
    public static IServiceCollection AddWarmUp(this IServiceCollection services) => services.AddSingleton<WarmUp>();
}
