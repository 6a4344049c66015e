using System.Runtime.CompilerServices;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>Lists the tenants that have usage records, by the store: also those that were removed from the settings, and those of other hosts.</summary>
public sealed class UsageTenants(ISegmentArchive archive)
{
    private const int NamesPerPage = 500;

    /// <summary>Lists their ids. An id so long that its name was shortened is left out.</summary>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await archive.ListPageAsync("", cursor, NamesPerPage, cancellationToken);
            foreach (var name in page.Names.Where(name => name.EndsWith('/')))
            {
                // Other folders, such as that of the keys, have no usage.
                if (ArchiveNames.Unescape(name[..^1]) is { } tenant
                    && (await archive.ListPageAsync(ArchiveNames.UsageDaysPrefix(tenant), cursor: null, limit: 1, cancellationToken)).Names.Count > 0)
                {
                    yield return tenant;
                }
            }

            cursor = page.Next;
        }
        while (cursor is not null);
    }
}
