using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Searches the archived text of a session. There is no index: the manifests of its contexts are read.</summary>
internal sealed class SessionTextSearch(SessionArchive archive)
{
    /// <summary>Returns whether each of the words occurs in the text of a context, in upper or lower case.</summary>
    public async Task<bool> HasAsync(string tenant, string session, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (words.Count == 0)
        {
            return true;
        }

        var missing = words.ToList();
        await foreach (var context in archive.ListContextsAsync(tenant, session, cancellationToken))
        {
            if (await archive.FindManifestAsync(context, cancellationToken).UnlessUnreadableAsync() is { } manifest)
            {
                missing.RemoveAll(word => manifest.Text.Contains(word, StringComparison.OrdinalIgnoreCase));
                if (missing.Count == 0)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
