using TtsGrains.Archive.Sessions;
using TtsGrains.Archive.Stores;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// Gives the archive the moment that it needs: a client knows that a context has ended before the archive has it, and must not be given a recording
/// that lacks its end.
/// </summary>
internal sealed class ArchiveReadRetry(SessionArchive archive, IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the archive has all that has ended, for a while.</summary>
    /// <param name="key">The session.</param>
    /// <param name="ordinal">The one context that matters; null when all do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it has.</returns>
    public async Task<bool> WhenStoredAsync(SessionKey key, int? ordinal, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(Glance, time);
        while (!await IsStoredAsync(key, ordinal, cancellationToken))
        {
            if (time.GetElapsedTime(started) > Longest)
            {
                return false;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return true;
    }

    private async Task<bool> IsStoredAsync(SessionKey key, int? ordinal, CancellationToken cancellationToken)
    {
        if (key.Session.Length == 0)
        {
            return true;
        }

        var view = await grains.GetGrain<ISessionGrain>(key.ToString()).GetAsync();
        foreach (var context in view.Contexts.Where(context => context.IsKept && (ordinal is null || context.Ordinal == ordinal)))
        {
            // One that is just ending answers when it has ended, and is looked at again.
            if (context.IsOpen ? !(await grains.GetGrain<IContextGrain>(context.ContextKey).GetActivityAsync()).IsOpen && await IsEndedAsync(key, context)
                : context.End is not null && !await HasManifestAsync(key, context, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> IsEndedAsync(SessionKey key, SessionContext context)
        => (await grains.GetGrain<ISessionGrain>(key.ToString()).GetAsync()).Contexts.Any(now => now.ContextKey == context.ContextKey && now.End is not null);

    private async Task<bool> HasManifestAsync(SessionKey key, SessionContext context, CancellationToken cancellationToken)
    {
        var id = ContextKey.Parse(context.ContextKey).Context;
        var stored = new StoredContext(context.Ordinal, id, ArchiveNames.ContextPrefix(key.Tenant, key.Session, context.Ordinal, id));
        return await archive.FindManifestAsync(stored, cancellationToken) is not null;
    }
}
