using System.Runtime.Versioning;
using System.Security.Cryptography;
using TtsGrains.Client;
using TtsGrains.Client.Sessions;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>What must hold of a cluster once a fault is over and the callers have hung up.</summary>
[UnsupportedOSPlatform("windows")]
internal static class Aftermath
{
    // Behind an outage of the store, whatever it takes that to take all that has waited.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Every context is in the archive once, with all of its segments, and every byte of them is right.</summary>
    public static async Task AssertArchivedOnceAsync(LocalCluster cluster, IReadOnlyList<Utterance> spoken, CancellationToken cancellationToken)
    {
        using var handler = new Balancer([.. cluster.Apis.Where(api => api.IsRunning).Select(api => api.Http)]).CreateHandler();
        await using var client = new TtsClient(new TtsClientOptions { BaseUrl = new Uri("http://cluster.test"), ApiKey = Member.Key, Handler = handler });
        foreach (var call in spoken.GroupBy(utterance => utterance.Session))
        {
            var contexts = await WhenArchivedAsync(client.Sessions, call.Key, call.First().Segments.Count, cancellationToken);
            Assert.Equal(call.Select(utterance => utterance.Context).Order(), contexts.Select(context => context.ContextId!).Order());
            foreach (var utterance in call)
            {
                var context = contexts.Single(context => context.ContextId == utterance.Context);
                Assert.Equal(utterance.Segments.Select(DigestOf), context.Segments!.Where(segment => segment.HasAudio).Select(segment => segment.Sha256!));
            }

            // The archive knows the digests of what it was given; one context of each call is fetched for what it gives.
            var (sample, said) = (contexts[^1], call.Single(utterance => utterance.Context == contexts[^1].ContextId));
            for (var flushId = 1; flushId <= said.Segments.Count; flushId++)
            {
                using var wav = new MemoryStream();
                await client.Sessions.DownloadSegmentAsync(call.Key, sample.Ordinal, flushId, wav, cancellationToken: cancellationToken);
                Assert.Equal(WavOf(said.Segments[flushId - 1]), wav.ToArray());
            }
        }
    }

    /// <summary>No context is left, no place at an upstream is taken, and the tenant has nothing open.</summary>
    public static async Task AssertNothingLeftAsync(LocalCluster cluster, CancellationToken cancellationToken)
    {
        foreach (var silo in cluster.Silos)
        {
            await Health.WhenAsync(
                silo.Http,
                health => health.GetProperty("slots_taken").GetInt32() == 0 && health.GetProperty("contexts_waiting").GetInt32() == 0
                    && health.GetProperty("archive_segments_waiting").GetInt64() == 0 && health.GetProperty("archive_segments_lost").GetInt64() == 0,
                cancellationToken);
        }

        Assert.Equal(0, cluster.Upstream.Sockets.Where(socket => !socket.IsClosed).Sum(socket => socket.OpenContexts));
    }

    private static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(WavOf(text)));

    private static byte[] WavOf(string text)
    {
        var audio = ScriptedAudio.Of(text);
        var wav = new byte[Wav.HeaderLength(Caller.Format.Encoding) + audio.Length];
        audio.CopyTo(wav.AsSpan(Wav.WriteHeader(wav, Caller.Format, audio.Length)));
        return wav;
    }

    private static async Task<IReadOnlyList<SessionContext>> WhenArchivedAsync(
        TtsSessions sessions, string session, int segments, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var missing = "";
        try
        {
            while (true)
            {
                var contexts = (await sessions.GetAsync(session, patience.Token)).Contexts;

                // A silo that was killed and comes back stores what it had of a context, until the context's own end replaces that.
                var unfinished = contexts.Where(context => !context.Archived || context.Segments?.Count(segment => segment.HasAudio) != segments);
                missing = string.Join(' ', unfinished.Select(context => $"{context.Ordinal} {context.ContextId} ({context.State}, {context.Segments?.Count ?? 0} segments)"));
                if (missing.Length == 0)
                {
                    return contexts;
                }

                await timer.WaitForNextTickAsync(patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Of {session}, this is not in the archive: {missing}");
        }
    }
}
