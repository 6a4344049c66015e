using System.Collections.Immutable;
using System.Globalization;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Finds in the archive what grains no longer know.</summary>
internal sealed class ArchivedSessions(ISegmentArchive archive)
{
    // Stands where a context that only the archive knows would have the number of its life.
    private const string NoIncarnation = "archived";

    /// <summary>The contexts of a session that the archive has, in order; empty when it knows none.</summary>
    public async Task<ImmutableArray<SessionContext>> ListAsync(SessionKey session, CancellationToken cancellationToken)
    {
        var prefix = ArchiveNames.SessionPrefix(session.Tenant, session.Session);
        var contexts = ImmutableArray.CreateBuilder<SessionContext>();
        await foreach (var found in archive.ListAsync(prefix, cancellationToken))
        {
            if (found.Name.EndsWith("/" + ArchiveNames.ManifestFile, StringComparison.Ordinal)
                && await ArchivedContext.OpenAsync(archive, found.Name[..^ArchiveNames.ManifestFile.Length], cancellationToken).UnlessUnreadableAsync() is { } context
                && TryReadOrdinal(found.Name[prefix.Length..], out var ordinal))
            {
                var key = new ContextKey(session.Tenant, session.Session, context.ContextId, $"{NoIncarnation}.{ordinal}");
                contexts.Add(new SessionContext(ordinal, key.ToString(), IsOpen: false, context.Count));
            }
        }

        return [.. contexts.OrderBy(context => context.Ordinal)];
    }

    /// <summary>Opens one context.</summary>
    /// <returns>Null when the archive does not have it, or not yet.</returns>
    public Task<ArchivedContext?> OpenAsync(ContextKey key, int ordinal, CancellationToken cancellationToken)
        => ArchivedContext.OpenAsync(archive, ArchiveNames.ContextPrefix(key.Tenant, key.Session, ordinal, key.Context), cancellationToken).UnlessUnreadableAsync();

    private static bool TryReadOrdinal(string name, out int ordinal)
    {
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        ordinal = 0;
        return dash > 0 && int.TryParse(name.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out ordinal);
    }
}
