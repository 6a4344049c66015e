using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TtsGrains.Client.Tests.Scripted;

/// <summary>
/// A service with sessions, in small, on a loopback port: numbered logs, resume, input numbers, an owner per context. It cuts its sockets where a
/// test says so.
/// </summary>
internal sealed class ScriptedService : IAsyncDisposable
{
    public const string SessionId = "call 1";

    private readonly Lock _gate = new();
    private readonly WebApplication _app;
    private readonly Dictionary<string, ServiceContext> _contexts = [];
    private readonly List<ServiceSocket> _sockets = [];
    private readonly HashSet<ServiceSocket> _cut = [];
    private int _framesWritten;
    private int _messagesRead;

    private ScriptedService(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>Whether it is like TtsGrains, rather than like Cartesia.</summary>
    public bool HasSessions { get; init; } = true;

    /// <summary>Whether to cut the socket instead of writing the frame; counted over all sockets from 0.</summary>
    public Func<int, bool> CutsAtFrame { get; init; } = _ => false;

    /// <summary>Whether to cut the socket instead of taking the message; counted over all sockets from 0.</summary>
    public Func<int, bool> CutsAtMessage { get; init; } = _ => false;

    /// <summary>Whether a cut is a close, behind what was written, rather than a reset that may take it along.</summary>
    public bool CutsPolitely { get; init; }

    /// <summary>Whether to forget all contexts at a cut, as after a linger that was too short.</summary>
    public bool Forgets { get; init; }

    /// <summary>The status to refuse upgrades with; 0 takes them.</summary>
    public int Refusal { get; set; }

    /// <summary>Serves plain requests and listeners.</summary>
    public RequestDelegate? Other { get; init; }

    public TtsGrains.Testing.Changes Changes { get; } = new();

    public IReadOnlyList<ServiceSocket> Sockets
    {
        get
        {
            lock (_gate)
            {
                return [.. _sockets];
            }
        }
    }

    public ServiceContext? Find(string contextId)
    {
        lock (_gate)
        {
            return _contexts.GetValueOrDefault(contextId);
        }
    }

    public static async Task<ScriptedService> StartAsync(
        Func<int, bool>? cutsAtFrame = null, Func<int, bool>? cutsAtMessage = null, bool hasSessions = true, bool forgets = false, bool politely = false, RequestDelegate? other = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var service = new ScriptedService(app)
        {
            CutsAtFrame = cutsAtFrame ?? (_ => false),
            CutsAtMessage = cutsAtMessage ?? (_ => false),
            HasSessions = hasSessions,
            Forgets = forgets,
            CutsPolitely = politely,
            Other = other,
        };
        app.UseWebSockets();
        app.Run(service.ServeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        service.Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in Sockets)
        {
            socket.Kill();
        }

        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>A socket is about to write a frame. False when it is cut instead.</summary>
    public bool OnWriting(ServiceSocket socket)
    {
        lock (_gate)
        {
            if (!CutsAtFrame(_framesWritten++))
            {
                return true;
            }
        }

        Cut(socket);
        return false;
    }

    public void OnMessage(ServiceSocket socket, JsonElement message)
    {
        bool isCut;
        lock (_gate)
        {
            if (_cut.Contains(socket))
            {
                return;
            }

            isCut = CutsAtMessage(_messagesRead++);
            if (!isCut)
            {
                Take(socket, message);
            }
        }

        if (isCut)
        {
            Cut(socket);
        }

        Changes.Note();
    }

    private void Take(ServiceSocket socket, JsonElement message)
    {
        var id = message.GetProperty("context_id").GetString()!;
        if (!_contexts.TryGetValue(id, out var context))
        {
            if (message.TryGetProperty("input", out var number) && number.GetInt32() > 0)
            {
                socket.Send(NotFound(id));
                return;
            }

            _contexts[id] = context = new ServiceContext(id) { Owner = socket };
        }

        if (message.TryGetProperty("cancel", out _))
        {
            context.IsCancelled = true;
        }
        else if (context.Owner == socket)
        {
            context.Take(message);
        }
    }

    private void Cut(ServiceSocket socket)
    {
        lock (_gate)
        {
            _cut.Add(socket);
            if (Forgets || !HasSessions)
            {
                _contexts.Clear();
            }
        }

        if (CutsPolitely)
        {
            _ = socket.CloseAsync();
        }
        else
        {
            socket.Kill();
        }
    }

    private async Task ServeAsync(HttpContext http)
    {
        if (http.Request.Path != "/tts/websocket")
        {
            http.Response.StatusCode = 404;
            await (Other?.Invoke(http) ?? Task.CompletedTask);
            return;
        }

        if (Refusal != 0)
        {
            http.Response.StatusCode = Refusal;
            return;
        }

        if (HasSessions)
        {
            http.Response.Headers["X-Session-Id"] = SessionId;
            http.Response.Headers["X-Session-Inputs"] = "numbered";
        }

        using var webSocket = await http.WebSockets.AcceptWebSocketAsync();
        var socket = new ServiceSocket(this, http, webSocket);
        lock (_gate)
        {
            _sockets.Add(socket);
            foreach (var position in http.Request.Query["resume"])
            {
                Resume(socket, position!);
            }
        }

        Changes.Note();
        await socket.RunAsync();
        Changes.Note();
    }

    private static string NotFound(string id)
        => $"{{\"type\":\"error\",\"context_id\":{JsonSerializer.Serialize(id)},\"status_code\":404,\"done\":true,\"error_code\":\"context_not_found\",\"title\":\"Not found\",\"message\":\"There is no such context.\",\"request_id\":\"r1\"}}";

    private void Resume(ServiceSocket socket, string position)
    {
        var colon = position.LastIndexOf(':');
        var id = position[..colon];
        if (!_contexts.TryGetValue(id, out var context))
        {
            socket.Send(NotFound(id));
            return;
        }

        context.Owner = socket;
        foreach (var frame in context.Log.Skip(int.Parse(position.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture)))
        {
            socket.Send(frame);
        }
    }
}
