using System.Buffers;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Tts;

/// <summary>The errors that a client is told of what could not become a context, or is none any more.</summary>
/// <param name="identity">Who is on the socket.</param>
/// <param name="contexts">Its contexts.</param>
/// <param name="writer">Writes to it.</param>
/// <param name="services">The services of the host.</param>
/// <param name="onTooMany">Called when the client leaves too many of them unread.</param>
internal sealed partial class SocketAnswers(
    SocketIdentity identity, SocketContexts contexts, ClientSocketWriter writer, SocketServices services, Action onTooMany)
{
    /// <summary>Refuses what would have been a context.</summary>
    /// <param name="error">Why.</param>
    /// <param name="contextId">The client's id; null if it gave none.</param>
    /// <param name="hasMore">Whether its client was to send more for it.</param>
    public void Refuse(ProtocolError error, string? contextId, bool hasMore = false)
    {
        if (contextId is not null)
        {
            contexts.AddRefused(contextId, hasMore);
        }

        WriteRefusal(error, contextId);
    }

    public void WriteRefusal(ProtocolError error, string? contextId, string? traceId = null)
    {
        var requestId = NewRequestId(contextId);
        var isExpected = error.Code == ErrorCatalogue.ShuttingDown.Code || identity.Tenant == ContextKey.WarmUpTenant;
        LogRefused(services.Logger, isExpected ? LogLevel.Debug : LogLevel.Information, contextId, identity.Session, identity.Tenant, error.StatusCode, error.Code, requestId, traceId);
        services.Errors.Add(identity.Tenant, error, requestId, identity.Session, contextId, traceId);
        Write(error, contextId, requestId);
    }

    /// <summary>Notes that a grain did not do what it was asked for.</summary>
    /// <returns>Finds the error in our logs.</returns>
    public string NoteBroken(SocketContext context, Exception exception)
    {
        var requestId = NewRequestId(context.Key.Context);
        LogBroken(services.Logger, context.Key, requestId, context.Trace?.TraceId, exception);
        services.Errors.Add(identity.Tenant, ErrorCatalogue.Internal, requestId, identity.Session, context.Key.Context, context.Trace?.TraceId);
        return requestId;
    }

    public void Write(ProtocolError error, string? contextId, string requestId)
    {
        var frame = new ArrayBufferWriter<byte>(512);
        ServerFrameWriter.WriteError(frame, error, contextId, requestId);
        writer.Enqueue(frame.WrittenSpan.ToArray());

        // At once: a client that sends only bad messages could pile up more answers between two checks than the limit allows.
        if (writer.UnsentNotices > services.Options.MaxUnsentBytes)
        {
            onTooMany();
        }
    }

    private string NewRequestId(string? contextId)
        => contextId is null ? identity.SocketId : $"{identity.SocketId}:{contextId}:{Guid.NewGuid()}";

    [LoggerMessage(
        Message = "Context {ContextId} of session {SessionId}, tenant {TenantId} is refused with error {StatusCode} {ErrorCode}, request {RequestId}, trace {TraceId}")]
    private static partial void LogRefused(
        ILogger logger, LogLevel level, string? contextId, string sessionId, string tenantId, int statusCode, string? errorCode, string requestId, string? traceId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} broke, request {RequestId}, trace {TraceId}")]
    private static partial void LogBroken(ILogger logger, ContextKey contextKey, string requestId, string? traceId, Exception exception);
}
