using Microsoft.Extensions.Options;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Http;
using TtsGrains.ApiHost.Pronunciations;
using TtsGrains.ApiHost.Sessions;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Tenants;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Turns HTTP requests into contexts: what both ways of speaking over HTTP have in common.</summary>
internal sealed partial class SpeechRequests(
    Admission admission,
    TenantAdmission tenantAdmission,
    IOptions<SocketOptions> options,
    ContextHandleFactory handles,
    IGrainFactory grains,
    LiveSessions live,
    TenantRates rates,
    IOptionsMonitor<TenantOptions> tenants,
    RefusalPace pace,
    TimeProvider time,
    ILogger<SpeechRequests> logger)
{
    /// <summary>Decides whether a message may open a context; see <see cref="ContextOpening"/>.</summary>
    public delegate ProtocolError? OpeningCheck(ClientMessage message, ApiVersion version, out SpeechSettings? settings);

    /// <summary>Reads what is to be spoken.</summary>
    /// <returns>The request, or why it is refused.</returns>
    public async Task<(SpeechRequest? Request, ProtocolError? Error)> ReadAsync(HttpContext http, OpeningCheck check)
    {
        if (admission.Check(http, out var tenant, out var session) is { } refusal)
        {
            return (null, refusal);
        }

        if (SessionRequestOptions.Read(http.Request, out var requested) is { } unclear)
        {
            return (null, unclear);
        }

        http.Response.Headers["X-Session-Id"] = session;
        if (await RequestBody.ReadAsync(http.Request, options.Value.MaxMessageBytes) is not { } body)
        {
            return (null, ErrorCatalogue.MessageTooLong(options.Value.MaxMessageBytes));
        }

        await rates.PrepareAsync(tenant);
        var version = http.Request.GetApiVersion();
        if ((Check(body.Span, version, check, out var message, out var settings)
            ?? rates.CountCharacters(tenant, message.Transcript?.Length ?? 0)
            ?? rates.CountContext(tenant, isArchived: message.IsArchived && !requested.IsNotKept && tenants.Get(tenant).Archive == ArchiveSwitch.On)) is { } error)
        {
            return (null, error);
        }

        var key = new ContextKey(tenant, session, message.ContextId ?? Guid.NewGuid().ToString(), http.TraceIdentifier);
        var config = message.GenerationConfig.IsEmpty ? null : message.GenerationConfig.ToArray();
        var input = new ContextInput(message.Transcript!, Flush: false, IsLast: true, config, IsNotKept: !message.IsArchived).Detach();
        return (new SpeechRequest(key, version, settings!, input) { Options = requested, Parent = SocketTrace.FindRequest() ?? SocketTrace.FindClient(http.Request) }, null);
    }

    /// <summary>Opens the context and waits until there is something to answer with.</summary>
    /// <returns>The speech, which has its first frame, or why there is none.</returns>
    /// <exception cref="OperationCanceledException">The client is gone; the context is cancelled.</exception>
    public async Task<(Speech? Speech, ProtocolError? Error)> OpenAsync(SpeechRequest request, CancellationToken aborted)
    {
        if (tenantAdmission.Admit(request.Key) is > 0 and var limit)
        {
            await Task.Delay(pace.Count(request.Key.Tenant), time, aborted);
            return (null, Refuse(request, ErrorCatalogue.TooManyContexts(limit)));
        }

        var trace = ContextTrace.Start(request.Key, request.Settings.ModelId, request.Parent);
        var entry = LiveSessionEntry.Begin(live, request.Key.SessionKey, request.Options.Reference, time);
        var handle = handles.Create(request.Key);
        var isOpen = false;
        try
        {
            var (settings, fault) = await PronunciationLookup.FindAsync(grains, request.Key.Tenant, request.ToSettings() with { TraceParent = trace.TraceParent });
            fault ??= await handle.OpenAsync(settings, request.Input);
            if (fault is not null)
            {
                trace.End("refused", fault.Code ?? "error");
                return (null, Refuse(request, fault.ToError()));
            }

            isOpen = true;
        }
        finally
        {
            if (!isOpen)
            {
                trace.End("refused", "error");
                entry.Dispose();
                tenantAdmission.Release(request.Key);
            }
        }

        var speech = new Speech(handle, options.Value.MaxUnsentBytes, entry, trace, aborted);
        var isSpeaking = false;
        try
        {
            // A context that ends without a frame was cancelled by somebody else.
            var error = await speech.WaitAsync() ? speech.PeekError() : ErrorCatalogue.Internal;
            isSpeaking = error is null;
            if (error is not null)
            {
                Refuse(request, error);
            }

            return (isSpeaking ? speech : null, error);
        }
        finally
        {
            if (!isSpeaking)
            {
                await speech.DisposeAsync();
            }
        }
    }

    private ProtocolError Refuse(SpeechRequest request, ProtocolError error)
    {
        LogRefused(logger, request.Key.IsWarmUp ? LogLevel.Debug : LogLevel.Information, request.Key, error.StatusCode, request.Key.Incarnation);
        return error;
    }

    /// <summary>Ends the connection of a client that leaves too much unread; its context is cancelled with it.</summary>
    public void GiveUp(HttpContext http)
    {
        LogTooSlow(logger, http.TraceIdentifier, options.Value.MaxUnsentBytes);
        http.Abort();
    }

    private ProtocolError? Check(ReadOnlySpan<byte> body, ApiVersion version, OpeningCheck check, out ClientMessage message, out SpeechSettings? settings)
    {
        settings = null;
        return ClientMessageParser.Parse(body, out message)
            ?? (message.Transcript?.Length > options.Value.MaxTranscriptCharacters
                ? ErrorCatalogue.TranscriptTooLong(options.Value.MaxTranscriptCharacters)
                : null)
            ?? check(message, version, out settings)
            ?? options.Value.Check(settings!.ModelId);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {RequestId} is given up: its client leaves more than {Bytes} bytes unread")]
    private static partial void LogTooSlow(ILogger logger, string requestId, long bytes);

    [LoggerMessage(Message = "Context {ContextKey} is refused with error {StatusCode}, request {RequestId}")]
    private static partial void LogRefused(ILogger logger, LogLevel level, ContextKey contextKey, int statusCode, string requestId);
}
