using Microsoft.Extensions.Logging;

namespace TtsGrains.Archive.Writing;

public sealed partial class ArchiveWriter
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive does not take what is written; it waits in the spool and is tried again")]
    private static partial void LogStoreFailing(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The archive takes what is written again")]
    private static partial void LogStoreRecovered(ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Segment {FlushId} of {TenantId}/{SessionId}/{ContextId} is lost to the archive: it could not be kept until the store takes it")]
    private static partial void LogSegmentLost(ILogger logger, int flushId, string tenantId, string sessionId, string contextId);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The manifest of {TenantId}/{SessionId}/{ContextId} is lost to the archive: it could not be kept until the store takes it")]
    private static partial void LogManifestLost(ILogger logger, string tenantId, string sessionId, string contextId);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Segment {FlushId} of {TenantId}/{SessionId}/{ContextId} is not archived whole: {UnreadableChunks} unreadable chunks, name taken: {NameTaken}")]
    private static partial void LogSegmentImpaired(
        ILogger logger, int flushId, string tenantId, string sessionId, string contextId, int unreadableChunks, bool nameTaken);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stopped with {Works} segments and manifests neither archived nor in the spool: they are lost")]
    private static partial void LogLeftBehind(ILogger logger, int works);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopped with {Segments} segments and {Manifests} manifests in the spool; the next start stores them")]
    private static partial void LogLeftInSpool(ILogger logger, int segments, int manifests);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The spool does not take what is written; until it does, segments wait for the store in memory")]
    private static partial void LogSpoolRefused(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The key of tenant {TenantId} cannot be had; until it can, its segments wait for the store in memory")]
    private static partial void LogKeyMissing(ILogger logger, string tenantId, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What an earlier process left in the spool cannot be decrypted; {Effect}")]
    private static partial void LogUnreadable(ILogger logger, string effect, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{TenantId}/{SessionId}/{ContextId} was left in the spool with {Segments} segments; it is stored now")]
    private static partial void LogTakenUp(ILogger logger, string tenantId, string sessionId, string contextId, int segments);
}
