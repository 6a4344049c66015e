namespace TtsGrains.Archive.Writing;

/// <summary>What waits for the store, and what it never got.</summary>
/// <param name="Segments">Segments waiting or being written.</param>
/// <param name="Manifests">Manifests waiting or being written.</param>
/// <param name="Bytes">Memory that they hold, about; what lies in the spool holds next to none.</param>
/// <param name="OldestAge">How long the oldest has waited; zero when none waits.</param>
/// <param name="LostSegments">Segments given up since start.</param>
/// <param name="LostManifests">Manifests given up since start.</param>
/// <param name="SpoolBytes">Bytes of audio in the spool, those of segments that are still growing included.</param>
/// <param name="StoreIsFailing">Whether the store refused what it was given last.</param>
public readonly record struct ArchiveBacklog(
    int Segments, int Manifests, long Bytes, TimeSpan OldestAge, long LostSegments, long LostManifests, long SpoolBytes = 0, bool StoreIsFailing = false);
