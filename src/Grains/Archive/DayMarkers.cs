using System.Text.Json;

namespace TtsGrains.Grains.Archive;

/// <summary>Marks on which days a session spoke. Remembers the last marks so that not every context asks the store again.</summary>
internal sealed class DayMarkers(ISegmentArchive archive)
{
    private const int Remembered = 10_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    public async Task MarkAsync(string tenant, DateOnly day, string session, CancellationToken cancellationToken)
    {
        var name = ArchiveNames.DayMarker(tenant, day, session);
        lock (_gate)
        {
            if (_written.Contains(name))
            {
                return;
            }
        }

        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new DayMarker(session), ManifestJson.Readable.DayMarker));
        await archive.WriteAsync(name, content, ContextManifest.ContentType, cancellationToken);
        lock (_gate)
        {
            if (_written.Count >= Remembered)
            {
                _written.Clear();
            }

            _written.Add(name);
        }
    }
}
