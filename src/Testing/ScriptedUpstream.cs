using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TtsGrains.Testing;

/// <summary>
/// A server of Cartesia's TTS WebSocket on a loopback port that does what a test tells it: what happens, and when, is decided by scripts and
/// events, never by a clock. It remembers everything that happened, until it is told to <see cref="Forget"/>.
/// </summary>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly WebApplication _app;
    private readonly List<ScriptedSocket> _sockets = [];
    private readonly List<ScriptedMessage> _received = [];
    private readonly List<ScriptedContext> _contexts = [];
    private readonly Dictionary<(ScriptedSocket Socket, string Id), ScriptedContext> _latest = [];
    private readonly List<(string FirstText, ContextScript Script)> _scripts = [];
    private readonly HashSet<string> _sunset = new(StringComparer.Ordinal);
    private int _refusal;
    private (string Name, string Value)[] _refusalHeaders = [];
    private int _refused;
    private int _accepted;

    private ScriptedUpstream(WebApplication app) => _app = app;

    /// <summary>Where it speaks.</summary>
    public Uri Url { get; private set; } = new("ws://127.0.0.1");

    /// <summary>Notes every message, connection, answer and end.</summary>
    public Changes Changes { get; } = new();

    /// <summary>The pronunciation dictionaries that it keeps.</summary>
    public ScriptedDicts Dicts { get; } = new();

    /// <summary>All sockets that have connected, in order.</summary>
    public IReadOnlyList<ScriptedSocket> Sockets => Snapshot(_sockets);

    /// <summary>All messages that have come, in order.</summary>
    public IReadOnlyList<ScriptedMessage> Received => Snapshot(_received);

    /// <summary>All contexts that were opened, in order.</summary>
    public IReadOnlyList<ScriptedContext> Contexts => Snapshot(_contexts);

    /// <summary>How many connections were refused.</summary>
    public int Refused
    {
        get
        {
            lock (_gate)
            {
                return _refused;
            }
        }
    }

    /// <summary>Starts to listen on a free loopback port.</summary>
    public static async Task<ScriptedUpstream> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var upstream = new ScriptedUpstream(app);
        app.Run(upstream.ServeAsync);
        await app.StartAsync(cancellationToken);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        upstream.Url = new UriBuilder(address) { Scheme = "ws", Path = "/tts/websocket" }.Uri;
        return upstream;
    }

    /// <summary>Contexts whose first transcript begins so follow this script; all others answer as an upstream should.</summary>
    public void When(string firstText, ContextScript script)
    {
        lock (_gate)
        {
            _scripts.Add((firstText, script));
        }
    }

    /// <summary>Contexts with one of these models end with the error <c>model_sunsetted</c>, whatever their script.</summary>
    public void Sunset(params IEnumerable<string> models)
    {
        lock (_gate)
        {
            _sunset.UnionWith(models);
        }
    }

    /// <summary>Refuses new connections with this HTTP status and headers; 0 takes them again.</summary>
    public void Refuse(int status, params (string Name, string Value)[] headers)
    {
        lock (_gate)
        {
            (_refusal, _refusalHeaders) = (status, headers);
        }
    }

    /// <summary>The contexts that a text opened, in order: more than one when it was sent again.</summary>
    public IReadOnlyList<ScriptedContext> ContextsOf(string firstText) => [.. Contexts.Where(context => context.FirstText.StartsWith(firstText, StringComparison.Ordinal))];

    /// <summary>Cuts all connections without a word; new ones are taken.</summary>
    public void DropAll()
    {
        foreach (var socket in Sockets)
        {
            socket.Drop();
        }
    }

    /// <summary>
    /// Forgets what is over: sockets that are closed, contexts that have ended, and all messages received. For tests that run for so long that keeping
    /// all of it would slow them down.
    /// </summary>
    public void Forget()
    {
        lock (_gate)
        {
            _received.Clear();
            _sockets.RemoveAll(socket => socket.IsClosed);
            foreach (var context in _contexts.Where(context => context.HasEnded || context.Socket.IsClosed))
            {
                _latest.Remove((context.Socket, context.Id));
            }

            _contexts.RemoveAll(context => context.HasEnded || context.Socket.IsClosed);
        }
    }

    /// <summary>Drops all connections and stops to listen.</summary>
    public async ValueTask DisposeAsync()
    {
        DropAll();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext http)
    {
        if (ScriptedDicts.Serves(http.Request))
        {
            await Dicts.HandleAsync(http);
            Changes.Note();
            return;
        }

        if (IsRefused(http.Response))
        {
            Changes.Note();
            return;
        }

        var stream = await Handshake.AcceptAsync(http);
        if (stream is null)
        {
            return;
        }

        ScriptedSocket socket;
        lock (_gate)
        {
            socket = new ScriptedSocket(++_accepted, http, stream);
            _sockets.Add(socket);
        }

        Changes.Note();
        await socket.RunAsync(json => Receive(new ScriptedMessage(socket, json.Clone())));
        socket.IsClosed = true;
        Changes.Note();
    }

    private bool IsRefused(HttpResponse response)
    {
        lock (_gate)
        {
            if (_refusal == 0)
            {
                return false;
            }

            _refused++;
            response.StatusCode = _refusal;
            foreach (var (name, value) in _refusalHeaders)
            {
                response.Headers[name] = value;
            }

            return true;
        }
    }

    private void Receive(ScriptedMessage message)
    {
        lock (_gate)
        {
            _received.Add(message);
            var context = _latest.GetValueOrDefault((message.Socket, message.ContextId));
            if (context is null && !message.IsCancel)
            {
                context = Open(message);
            }

            context?.Receive(message);
        }

        Changes.Note();
    }

    private ScriptedContext Open(ScriptedMessage first)
    {
        var script = _sunset.Contains(first.Model) ? ScriptedContext.ModelSunsetted : _scripts.FindLast(s => first.Transcript.StartsWith(s.FirstText, StringComparison.Ordinal)).Script ?? ScriptedContext.Answer;
        first.Socket.OpenContexts++;
        first.Socket.MostContexts = Math.Max(first.Socket.MostContexts, first.Socket.OpenContexts);
        var context = new ScriptedContext(first, script, OnEnded, Changes.Note);
        _contexts.Add(context);
        _latest[(context.Socket, context.Id)] = context;
        return context;
    }

    private void OnEnded(ScriptedContext context)
    {
        lock (_gate)
        {
            context.Socket.OpenContexts--;
        }

        Changes.Note();
    }

    private List<T> Snapshot<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
