namespace TtsGrains.Grains.Archive;

/// <summary>What waits for the store, and what it never got.</summary>
/// <param name="Segments">Segments waiting or being written.</param>
/// <param name="Manifests">Manifests waiting or being written.</param>
/// <param name="Bytes">Memory that they hold, about.</param>
/// <param name="OldestAge">How long the oldest has waited; zero when none waits.</param>
/// <param name="LostSegments">Segments given up since start.</param>
/// <param name="LostManifests">Manifests given up since start.</param>
public readonly record struct ArchiveBacklog(int Segments, int Manifests, long Bytes, TimeSpan OldestAge, long LostSegments, long LostManifests);
