using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TtsGrains.LocalVoice.Connections;
using TtsGrains.LocalVoice.Contexts;
using TtsGrains.LocalVoice.Faults;
using TtsGrains.LocalVoice.Synthesis;
using TtsGrains.LocalVoice.Voices;
using TtsGrains.Protocol;

namespace TtsGrains.LocalVoice;

/// <summary>A running server of the Cartesia TTS WebSocket that really speaks. On loopback unless told otherwise; it accepts any credential.</summary>
public sealed partial class LocalVoiceServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;

    private LocalVoiceServer(WebApplication app, Uri url, string engine)
    {
        _app = app;
        Url = url;
        Engine = engine;
        WebSocketUrl = new UriBuilder(url) { Scheme = "ws", Path = "/tts/websocket" }.Uri;
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Where it speaks.</summary>
    public Uri WebSocketUrl { get; }

    /// <summary>What speaks: espeak or tones.</summary>
    public string Engine { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="options">How it behaves; checked here.</param>
    /// <param name="loggerFactory">Gets its logs, and Kestrel's.</param>
    /// <param name="time">The clock of pacing, buffering and expiry.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    /// <exception cref="FormatException">The fault script is wrong.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LocalVoiceServer> StartAsync(
        LocalVoiceOptions options, ILoggerFactory loggerFactory, TimeProvider time, CancellationToken cancellationToken)
    {
        options.Validate();
        var logger = loggerFactory.CreateLogger<LocalVoiceServer>();
        var engine = SpeechEngines.Choose(options.Engine, logger);
        var faults = new FaultScript();
        if (options.FaultScript.Length > 0)
        {
            faults.Load(ReadScript(options.FaultScript));
        }

        var languages = new OfferedLanguages(engine);
        if (languages.Missing.Count > 0)
        {
            LogMissing(logger, string.Join(", ", languages.Missing));
        }

        var host = new VoiceHost(options, engine, languages, time, logger, faults);
        WarmUp.Start(host);

        // An empty builder: inside another host, that one's settings and environment must not decide where this one listens.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTimeout);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(options.Address), options.Port);
        });

        var app = builder.Build();
        app.UseWebSockets();
        app.Run(http => HandleAsync(http, host, app.Lifetime.ApplicationStopping));
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new LocalVoiceServer(app, new Uri(address), engine is Espeak.EspeakProcess ? "espeak" : "tones");
    }

    /// <summary>Completes when the server has been told to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Ends every open context with an error, closes the sockets and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    // Without it the server would stop on SIGTERM, before the host that it speaks for has finished its contexts.
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static string ReadScript(string script)
    {
        if (script.TrimStart().StartsWith('['))
        {
            return script;
        }

        try
        {
            return File.ReadAllText(script);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"{LocalVoiceOptions.SectionName}:{nameof(LocalVoiceOptions.FaultScript)} cannot be read: {e.Message}", e);
        }
    }

    private static async Task HandleAsync(HttpContext http, VoiceHost host, CancellationToken stopping)
    {
        var path = http.Request.Path.Value?.TrimEnd('/');
        if (path == "/tts/websocket" && http.WebSockets.IsWebSocketRequest)
        {
            var number = host.Faults.NextSocket();
            if (host.Faults.Refuse(number) is { } refusal)
            {
                http.Response.StatusCode = refusal.Status ?? StatusCodes.Status503ServiceUnavailable;
                http.Response.Headers.RetryAfter = refusal.RetryAfter?.ToString(CultureInfo.InvariantCulture);
                return;
            }

            var version = http.Request.Query["cartesia_version"].FirstOrDefault() ?? http.Request.Headers["Cartesia-Version"].FirstOrDefault();
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            using var connection = new VoiceSocket(socket, number, ApiVersion.Parse(version), host, http.Abort);
            await connection.RunAsync(stopping);
        }
        else if (path == "/tts/websocket")
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "websocket";
        }
        else if (path == "/faults" && host.Options.FaultControl)
        {
            await FaultEndpoint.HandleAsync(http, host.Faults);
        }
        else if (path == "" && HttpMethods.IsGet(http.Request.Method))
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync($"{{\"ok\":true,\"version\":\"{ApiVersion.Newest}\"}}", http.RequestAborted);
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "eSpeak NG is installed without voices for {Languages}; requests for them are refused.")]
    private static partial void LogMissing(ILogger logger, string languages);
}
