using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Contexts.Log;

namespace TtsGrains.Grains.Health;

/// <summary>A host that hosts grains is ready when its upstream can be spoken to.</summary>
internal sealed class SiloHealth(UpstreamPool pool, WarmUpState warmUp, ContextLogs logs, ArchiveWriter archive) : IHostHealth
{
    public bool IsReady => pool.IsReady && !warmUp.IsPending;

    public HostHealth Report()
    {
        var backlog = archive.Backlog;
        return new HostHealth(IsReady)
        {
            Contexts = logs.Count,
            SlotsTaken = pool.SlotsTaken,
            ContextsWaiting = pool.Waiting,
            Upstreams = pool.Report(),
            ArchiveSegmentsWaiting = backlog.Segments,
            ArchiveBytesWaiting = backlog.Bytes,
            ArchiveSpoolBytes = backlog.SpoolBytes,
            ArchiveOldestSeconds = Math.Round(backlog.OldestAge.TotalSeconds, 1),
            ArchiveStoreFailing = backlog.StoreIsFailing,
            ArchiveSegmentsLost = backlog.LostSegments,
        };
    }
}
