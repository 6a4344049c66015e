using System.Text.Json;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Writing;

/// <summary>
/// Marks on which days a session spoke, and the caller's reference to it. Remembers the last marks so that not every context asks the store again.
/// </summary>
internal sealed class DayMarkers(ISegmentArchive archive)
{
    private const int Remembered = 10_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    public async Task MarkAsync(ContextIdentity context, CancellationToken cancellationToken)
    {
        var (name, reference) = NamesOf(context);
        lock (_gate)
        {
            if (_written.Contains(name))
            {
                return;
            }
        }

        var content = JsonSerializer.SerializeToUtf8Bytes(
            new DayMarker(context.Session) { Ref = context.Reference, StartedAt = context.SessionStartedAt }, ManifestJson.Readable.DayMarker);
        await WriteAsync(name, content, cancellationToken);
        if (reference is not null)
        {
            await WriteAsync(reference, content, cancellationToken);
        }

        lock (_gate)
        {
            if (_written.Count >= Remembered)
            {
                _written.Clear();
            }

            _written.Add(name);
        }
    }

    /// <summary>Removes the marks of a session that was erased while it was being stored.</summary>
    public async Task UnmarkAsync(ContextIdentity context, CancellationToken cancellationToken)
    {
        var (name, reference) = NamesOf(context);
        Forget();
        await archive.DeleteAsync(name, cancellationToken);
        if (reference is not null)
        {
            await archive.DeleteAsync(reference, cancellationToken);
        }
    }

    /// <summary>Marks may have been removed: from now on each is written again.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _written.Clear();
        }
    }

    private static (string Day, string? Reference) NamesOf(ContextIdentity context) => (
        ArchiveNames.DayMarker(context.Tenant, DateOnly.FromDateTime(context.CreatedAt.UtcDateTime), context.SessionStartedAt, context.Session),
        string.IsNullOrEmpty(context.Reference) ? null : ArchiveNames.ReferenceMarker(context.Tenant, context.Reference, context.SessionStartedAt, context.Session));

    private async Task WriteAsync(string name, byte[] json, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(json);
        await archive.WriteAsync(name, content, ContextManifest.ContentType, cancellationToken);
    }
}
