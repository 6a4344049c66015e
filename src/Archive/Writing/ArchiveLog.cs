using Microsoft.Extensions.Logging;

namespace TtsGrains.Archive.Writing;

/// <summary>The messages of the archive's writer and its parts.</summary>
internal static partial class ArchiveLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The archive does not take what is written; it waits in the spool and is tried again")]
    public static partial void LogStoreFailing(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The archive takes what is written again")]
    public static partial void LogStoreRecovered(this ILogger logger);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Segment {FlushId} of {TenantId}/{SessionId}/{ContextId} is lost to the archive: it could not be kept until the store takes it")]
    public static partial void LogSegmentLost(this ILogger logger, int flushId, string tenantId, string sessionId, string contextId);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The manifest of {TenantId}/{SessionId}/{ContextId} is lost to the archive: it could not be kept until the store takes it")]
    public static partial void LogManifestLost(this ILogger logger, string tenantId, string sessionId, string contextId);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Segment {FlushId} of {TenantId}/{SessionId}/{ContextId} is not archived whole: {UnreadableChunks} unreadable chunks, name taken: {NameTaken}")]
    public static partial void LogSegmentImpaired(
        this ILogger logger, int flushId, string tenantId, string sessionId, string contextId, int unreadableChunks, bool nameTaken);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stopped with {Works} segments and manifests neither archived nor in the spool: they are lost")]
    public static partial void LogLeftBehind(this ILogger logger, int works);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopped with {Segments} segments and {Manifests} manifests in the spool; the next start stores them")]
    public static partial void LogLeftInSpool(this ILogger logger, int segments, int manifests);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The spool does not take what is written; until it does, segments wait for the store in memory")]
    public static partial void LogSpoolRefused(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The key of tenant {TenantId} cannot be had; until it can, its segments wait for the store in memory")]
    public static partial void LogKeyMissing(this ILogger logger, string tenantId, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What an earlier process left in the spool cannot be decrypted; {Effect}")]
    public static partial void LogUnreadable(this ILogger logger, string effect, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "{TenantId}/{SessionId}/{ContextId} was left in the spool with {Segments} segments; it is stored now")]
    public static partial void LogTakenUp(this ILogger logger, string tenantId, string sessionId, string contextId, int segments);
}
