using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;
using TtsGrains.Cli.Cluster;
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
    // How long the archive may make no progress. Behind an outage of the store it has thousands of segments to store, so the total time says nothing.
    private static readonly TimeSpan ProgressTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Every context is in the archive once, with all of its segments, and every byte of them is right.</summary>
    public static async Task AssertArchivedOnceAsync(LocalCluster cluster, IReadOnlyList<Utterance> spoken, CancellationToken cancellationToken)
    {
        // The silos know when their archive is complete. Listing sessions until they are would keep the store from storing them.
        await WhenStoredAsync(cluster, cancellationToken);
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

    /// <summary>The usage has, to the character, what the upstream received; what killed silos sent too.</summary>
    public static async Task AssertBilledAsync(LocalCluster cluster, Func<long> billed, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        var counted = -1L;
        for (var since = Stopwatch.StartNew(); since.Elapsed < ProgressTimeout;)
        {
            counted = await CountSentAsync(cluster, cancellationToken);
            if (counted == billed())
            {
                return;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        Assert.Equal(billed(), counted);
    }

    /// <summary>Gets the characters that the usage has as sent to upstreams.</summary>
    public static async Task<long> CountSentAsync(LocalCluster cluster, CancellationToken cancellationToken)
    {
        // From yesterday: the test may run at midnight.
        using var client = cluster.Apis.First(api => api.IsRunning).Connect();
        client.Timeout = ProgressTimeout;
        var usage = await client.GetFromJsonAsync<JsonElement>($"/v1/usage?from={DateTime.UtcNow.AddDays(-1):yyyy-MM-dd}&to={DateTime.UtcNow:yyyy-MM-dd}", cancellationToken);
        return usage.GetProperty("groups").EnumerateArray().Sum(group => group.GetProperty("characters_synthesised").GetInt64());
    }

    private static async Task WhenStoredAsync(LocalCluster cluster, CancellationToken cancellationToken)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var (waiting, least) = (0L, long.MaxValue);
        try
        {
            do
            {
                var health = await Task.WhenAll(cluster.Silos.Select(silo => Health.GetAsync(silo.Http, stalled.Token)));
                waiting = health.Sum(silo => silo.GetProperty("archive_segments_waiting").GetInt64());
                if (waiting < least)
                {
                    least = waiting;
                    stalled.CancelAfter(ProgressTimeout);
                }
            }
            while (waiting > 0 && await timer.WaitForNextTickAsync(stalled.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The archive does not get on: {waiting} segments wait, {least} at least.");
        }
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
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stalled.CancelAfter(ProgressTimeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var (missing, stored) = ("", -1);
        try
        {
            while (true)
            {
                var contexts = (await sessions.GetAsync(session, stalled.Token)).Contexts;

                // A silo that was killed and comes back stores what it had of a context, until the context's own end replaces that.
                var unfinished = contexts.Where(context => !context.Archived || context.Segments?.Count(segment => segment.HasAudio) != segments).ToList();
                if (unfinished.Count == 0)
                {
                    return contexts;
                }

                // Segments count too: the manifest of a context comes last.
                var now = contexts.Sum(context => (context.Archived ? 1 : 0) + (context.Segments?.Count ?? 0));
                if (now != stored)
                {
                    stored = now;
                    stalled.CancelAfter(ProgressTimeout);
                }

                missing = string.Join(' ', unfinished.Select(context => $"{context.Ordinal} {context.ContextId} ({context.State}, {context.Segments?.Count ?? 0} segments)"));
                await timer.WaitForNextTickAsync(stalled.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Of {session}, this is not in the archive: {missing}");
        }
    }
}
