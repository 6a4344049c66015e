using Microsoft.Extensions.Logging;

namespace TtsGrains.Grains.Archive;

public sealed partial class ArchiveWriter
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive does not take what is written; it is kept in memory and tried again")]
    private static partial void LogStoreFailing(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The archive takes what is written again")]
    private static partial void LogStoreRecovered(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Segment {FlushId} of {TenantId}/{SessionId}/{ContextId} is lost to the archive: too much waits for the store, or the host has stopped")]
    private static partial void LogSegmentLost(ILogger logger, int flushId, string tenantId, string sessionId, string contextId);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The manifest of {TenantId}/{SessionId}/{ContextId} is lost to the archive: too much waits for the store, or the host has stopped")]
    private static partial void LogManifestLost(ILogger logger, string tenantId, string sessionId, string contextId);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Segment {FlushId} of {TenantId}/{SessionId}/{ContextId} is not archived whole: {UnreadableChunks} unreadable chunks, name taken: {NameTaken}")]
    private static partial void LogSegmentImpaired(
        ILogger logger, int flushId, string tenantId, string sessionId, string contextId, int unreadableChunks, bool nameTaken);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stopped with {Segments} segments and {Manifests} manifests not archived")]
    private static partial void LogLeftBehind(ILogger logger, int segments, int manifests);
}
