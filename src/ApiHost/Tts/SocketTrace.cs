using System.Diagnostics;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// The span of one client's socket. With a <c>traceparent</c> of the client, in the header or the query of the upgrade, contexts are below it in the
/// client's trace; without one each context begins a trace that links to the socket.
/// </summary>
internal sealed class SocketTrace : IDisposable
{
    private readonly Activity? _span;
    private readonly ActivityContext? _client;

    private SocketTrace(Activity? span, ActivityContext? client) => (_span, _client) = (span, client);

    /// <summary>Begins the span of a socket.</summary>
    public static SocketTrace Start(HttpContext http, SessionKey session)
    {
        var client = FindClient(http.Request);
        var span = session.Tenant == ContextKey.WarmUpTenant ? null : TraceSpans.Start("tts.socket", client ?? FindRequest(), ActivityKind.Server);
        span?.SetTag("tts.tenant", session.Tenant);
        span?.SetTag("tts.session_id", session.Session);
        span?.SetTag("tts.request_id", http.TraceIdentifier);
        return new SocketTrace(span, client);
    }

    /// <summary>Gets the client's span from the query, which browsers can set, or the header. Returns null if there is none, or it is invalid.</summary>
    public static ActivityContext? FindClient(HttpRequest request)
        => TraceSpans.Parse(request.Query["traceparent"]) ?? TraceSpans.Parse(request.Headers.TraceParent);

    /// <summary>Gets the span that the framework began for the request. Returns null if it is not recorded.</summary>
    public static ActivityContext? FindRequest() => Activity.Current is { Recorded: true } current ? current.Context : null;

    /// <summary>Begins the span of a context.</summary>
    public ContextTrace StartContext(ContextKey key, string model)
        => ContextTrace.Start(key, model, _client is null ? null : _span?.Context ?? _client, _span?.Context);

    public void Dispose() => _span.End();
}
