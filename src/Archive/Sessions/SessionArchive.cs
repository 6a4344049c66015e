using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Sessions;

/// <summary>One session in a listing.</summary>
/// <param name="Name">Its listing name: see <see cref="ArchiveNames.ListingName"/>.</param>
/// <param name="SessionId">Its id.</param>
public sealed record ListedSession(string Name, string SessionId);

/// <summary>One context of a session as it lies in the archive.</summary>
/// <param name="Ordinal">Its place in the session.</param>
/// <param name="Context">The client's id of it; null when its folder does not tell and it has no manifest yet.</param>
/// <param name="Prefix">Begins the names of its objects.</param>
public sealed record StoredContext(int Ordinal, string? Context, string Prefix);

/// <summary>Reads the archive, session by session. A tenant can only ever name what lies below its own prefix.</summary>
public sealed class SessionArchive(ISegmentArchive archive)
{
    private const int FoldersPerPage = 500;

    /// <summary>One page of the sessions that a tenant had on a day, or of those with a reference: the newest first.</summary>
    /// <exception cref="ArgumentException">The cursor is none of ours.</exception>
    public async Task<(IReadOnlyList<ListedSession> Sessions, string? Next)> ListAsync(
        string tenant, DateOnly day, string? reference, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var folder = reference is null ? ArchiveNames.DayPrefix(tenant, day) : ArchiveNames.ReferencePrefix(tenant, reference);
        var page = await archive.ListPageAsync(folder, cursor, limit, cancellationToken);
        var sessions = new List<ListedSession>(page.Names.Count);
        foreach (var name in page.Names)
        {
            // The name of a long id is shortened: then the marker tells it, unless it is gone by now.
            if ((ArchiveNames.SessionOf(name) ?? (await FindMarkerAsync(folder + name, cancellationToken))?.SessionId) is { } session)
            {
                sessions.Add(new ListedSession(name, session));
            }
        }

        return (sessions, page.Next);
    }

    /// <summary>The summary of a session; null when there is none.</summary>
    public Task<SessionRecord?> FindSessionAsync(string tenant, string session, CancellationToken cancellationToken)
        => ReadAsync(ArchiveNames.Session(tenant, session), ManifestJson.Readable.SessionRecord, cancellationToken);

    /// <summary>The contexts of a session in the order of their ordinals, those without a manifest too.</summary>
    public async IAsyncEnumerable<StoredContext> ListContextsAsync(
        string tenant, string session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = ArchiveNames.SessionPrefix(tenant, session);
        string? cursor = null;
        do
        {
            var page = await archive.ListPageAsync(prefix, cursor, FoldersPerPage, cancellationToken);
            foreach (var folder in page.Names)
            {
                if (Parse(prefix, folder) is { } context)
                {
                    yield return context;
                }
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    /// <summary>One context of a session; null when there is none of that number.</summary>
    public async Task<StoredContext?> FindContextAsync(string tenant, string session, int ordinal, CancellationToken cancellationToken)
    {
        var prefix = ArchiveNames.SessionPrefix(tenant, session);
        await foreach (var found in archive.ListAsync($"{prefix}{ordinal:D4}-", cancellationToken))
        {
            return Parse(prefix, found.Name[prefix.Length..(found.Name.LastIndexOf('/') + 1)]);
        }

        return null;
    }

    /// <summary>The manifest of a context; null while it is open.</summary>
    public Task<ContextManifest?> FindManifestAsync(StoredContext context, CancellationToken cancellationToken)
        => ReadAsync(context.Prefix + ArchiveNames.ManifestFile, ManifestJson.Readable.ContextManifest, cancellationToken);

    /// <summary>The manifest as it was written; null while the context is open. The caller disposes of it.</summary>
    public Task<Stream?> OpenManifestAsync(StoredContext context, CancellationToken cancellationToken)
        => archive.OpenReadAsync(context.Prefix + ArchiveNames.ManifestFile, cancellationToken);

    /// <summary>The WAV file of a segment; null when there is none. The caller disposes of it.</summary>
    public Task<Stream?> OpenSegmentAsync(StoredContext context, int flushId, CancellationToken cancellationToken)
        => archive.OpenReadAsync(context.Prefix + ArchiveNames.SegmentFile(flushId), cancellationToken);

    /// <summary>The numbers of the segments whose audio a context has, in order: what is stored before there is a manifest.</summary>
    public async Task<IReadOnlyList<int>> ListSegmentsAsync(StoredContext context, CancellationToken cancellationToken)
    {
        var found = new List<int>();
        await foreach (var item in archive.ListAsync(context.Prefix, cancellationToken))
        {
            var file = item.Name[context.Prefix.Length..];
            if (file.EndsWith(".wav", StringComparison.Ordinal) && int.TryParse(file[..^".wav".Length], out var flushId))
            {
                found.Add(flushId);
            }
        }

        found.Sort();
        return found;
    }

    /// <summary>The days on which a tenant spoke, in order.</summary>
    public async Task<IReadOnlyList<DateOnly>> ListDaysAsync(string tenant, CancellationToken cancellationToken)
    {
        var days = new List<DateOnly>();
        string? cursor = null;
        do
        {
            var page = await archive.ListPageAsync(ArchiveNames.DaysPrefix(tenant), cursor, FoldersPerPage, cancellationToken);
            foreach (var name in page.Names)
            {
                if (DateOnly.TryParseExact(name.TrimEnd('/'), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                {
                    days.Add(day);
                }
            }

            cursor = page.Next;
        }
        while (cursor is not null);
        return days;
    }

    /// <summary>Whether the session is held.</summary>
    public async Task<bool> IsHeldAsync(string tenant, string session, CancellationToken cancellationToken)
        => await archive.GetLengthAsync(ArchiveNames.Hold(tenant, session), cancellationToken) is not null;

    /// <summary>The names of all markers of a session: of days and of references.</summary>
    internal async IAsyncEnumerable<string> FindMarkersAsync(string folder, string session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await archive.ListPageAsync(folder, cursor, FoldersPerPage, cancellationToken);
            foreach (var name in page.Names.Where(name => ArchiveNames.IsListingOf(name, session)))
            {
                yield return folder + name;
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }

    internal Task<DayMarker?> FindMarkerAsync(string name, CancellationToken cancellationToken)
        => ReadAsync(name, ManifestJson.Readable.DayMarker, cancellationToken);

    private async Task<T?> ReadAsync<T>(string name, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var content = await archive.ReadAsync(name, cancellationToken);
        try
        {
            return content is null || content.ToMemory().IsEmpty ? null : JsonSerializer.Deserialize(content, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StoredContext? Parse(string prefix, string folder)
    {
        var dash = folder.IndexOf('-', StringComparison.Ordinal);
        return folder.EndsWith('/') && dash > 0 && int.TryParse(folder.AsSpan(0, dash), out var ordinal)
            ? new StoredContext(ordinal, ArchiveNames.Unescape(folder[(dash + 1)..^1]), prefix + folder)
            : null;
    }
}
