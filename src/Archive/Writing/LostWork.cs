using Microsoft.Extensions.Logging;

namespace TtsGrains.Archive.Writing;

/// <summary>Counts and logs what the archive will never get. Thread-safe.</summary>
internal sealed class LostWork(ILogger logger)
{
    private long _segments;
    private long _manifests;

    /// <summary>Gets the segments lost since start.</summary>
    public long Segments => Volatile.Read(ref _segments);

    /// <summary>Gets the manifests lost since start.</summary>
    public long Manifests => Volatile.Read(ref _manifests);

    /// <summary>Records that a context's work is lost.</summary>
    public void Record(ContextIdentity context, ArchiveWork work)
    {
        switch (work)
        {
            case ArchiveWork.StoreSegment segment:
                Interlocked.Increment(ref _segments);
                logger.LogSegmentLost(segment.FlushId, context.Tenant, context.Session, context.Context);
                break;
            case ArchiveWork.StoreLeftBehind segment:
                logger.LogSegmentLost(segment.FlushId, context.Tenant, context.Session, context.Context);
                break;
            case ArchiveWork.StoreManifest:
                Interlocked.Increment(ref _manifests);
                logger.LogManifestLost(context.Tenant, context.Session, context.Context);
                break;
        }
    }
}
