using System.Runtime.Versioning;
using TtsGrains.Client;
using TtsGrains.Client.Sessions;
using TtsGrains.Testing;

namespace TtsGrains.Cli.Drill;

/// <summary>Compares what the archive has of contexts with what they said.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class DrillArchive(DrillCluster cluster)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until the archive has all of the contexts, and counts the bytes that it has of them exactly.</summary>
    public async Task<long> VerifyAsync(IReadOnlyCollection<SpokenContext> spoken, CancellationToken cancellationToken)
    {
        using var handler = cluster.CreateHandler();
        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = DrillCluster.AnyApi, ApiKey = DrillCluster.Key, Handler = handler });
        long verified = 0;
        foreach (var session in spoken.GroupBy(context => context.Session))
        {
            var contexts = session.ToDictionary(context => context.Context, StringComparer.Ordinal);
            foreach (var archived in await WhenArchivedAsync(client.Sessions, session.Key, contexts.Count, cancellationToken))
            {
                if (contexts.Remove(archived.ContextId ?? "", out var context))
                {
                    verified += await VerifyAsync(client.Sessions, context, archived, cancellationToken);
                }
            }
        }

        return verified;
    }

    private static async Task<long> VerifyAsync(TtsSessions sessions, SpokenContext context, SessionContext archived, CancellationToken cancellationToken)
    {
        long verified = 0;
        for (var i = 0; i < context.Segments.Count; i++)
        {
            if ((archived.Segments ?? []).FirstOrDefault(segment => segment.FlushId == i + 1) is { HasAudio: true } segment)
            {
                using var file = new MemoryStream();
                await sessions.DownloadSegmentAsync(context.Session, archived.Ordinal, segment.FlushId, file, progress: null, cancellationToken);
                var expected = ScriptedAudio.Of(context.Segments[i]);
                verified += file.GetBuffer().AsSpan(0, (int)file.Length).EndsWith(expected) ? expected.Length : 0;
            }
        }

        return verified;
    }

    // What never comes is counted as missing.
    private static async Task<IReadOnlyList<SessionContext>> WhenArchivedAsync(TtsSessions sessions, string session, int count, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        for (var looks = Timeout / Interval; ; looks--)
        {
            IReadOnlyList<SessionContext> contexts = [];
            try
            {
                contexts = (await sessions.GetAsync(session, cancellationToken)).Contexts;
            }
            catch (TtsException) when (looks > 0)
            {
                // A host that was killed a moment ago.
            }

            if (looks <= 0 || (contexts.Count(context => context.Archived) >= count && contexts.All(context => context.Archived)))
            {
                return contexts;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
