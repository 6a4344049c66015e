using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Encryption;

/// <summary>The archive's store without encryption: only for the keys themselves, and for <see cref="EncryptedArchive"/>.</summary>
/// <param name="Store">The store.</param>
internal sealed record ArchiveStore(ISegmentArchive Store);
