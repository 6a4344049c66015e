using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>Adds up what a tenant's sessions hold in the archive.</summary>
public sealed class ArchiveMeasure(ISegmentArchive archive)
{
    /// <summary>Lists all objects of the tenant's sessions, off the caller's thread: that takes as long as there is much.</summary>
    /// <returns>Their bytes.</returns>
    public Task<long> MeasureAsync(string tenant, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            var bytes = 0L;
            await foreach (var stored in archive.ListAsync(ArchiveNames.SessionsPrefix(tenant), cancellationToken))
            {
                bytes += stored.Length;
            }

            return bytes;
        },
        cancellationToken);
}
