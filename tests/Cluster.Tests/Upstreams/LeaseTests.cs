using System.Diagnostics;
using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Upstreams;

/// <summary>An upstream that takes fewer contexts than the silos of a cluster together want to have there.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LeaseTests(ITestOutputHelper output)
{
    private const int Most = 6;
    private const int Contexts = 24;
    private const string Turn = "Turn";

    private static readonly string[] All = [.. Enumerable.Range(1, Contexts).Select(i => $"{i}")];

    private static readonly ClusterShape Shape = new()
    {
        Apis = 1,
        Settings = new Dictionary<string, string>
        {
            ["Upstreams:main:MaxContexts"] = $"{Most}",
            ["Upstreams:main:QueueDeadline"] = "00:05:00",
            ["Upstreams:main:FirstAudioTimeout"] = "00:05:00",
            ["Upstreams:main:ProgressTimeout"] = "00:05:00",
            ["Upstreams:main:Resume"] = "sample",
        },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task ManyWant_EachThatEndsMakesRoomForOne()
    {
        await using var cluster = await StartAsync();
        var turns = new Turns(cluster.Upstream);
        await using var speaker = await Speaker.ConnectAsync(cluster["api1"], "call", Token);
        await PushAllAsync(speaker);
        for (var left = Contexts; left > 0; left--)
        {
            await turns.WhenHeldAsync(Math.Min(Most, left), Token);
            turns.EndOne();
        }

        await AssertAllSaidAsync(speaker, turns);
    }

    [ClusterFact]
    public Task SiloKilled_ItsLeasesComeBack()
        => AssertServedAsync(async cluster => await (await FindAsync(cluster, async silo => !GrantsLeases(silo) && await CountSlotsAsync(silo) > 0)).KillAsync());

    [ClusterFact]
    public Task SiloKilled_ThatGrantsThem_AnotherOneDoes() => AssertServedAsync(cluster => cluster.Silos.Single(GrantsLeases).KillAsync());

    [ClusterFact]
    public Task SiloStopped_ThatGrantsThem_AnotherOneDoes() => AssertServedAsync(cluster => cluster.Silos.Single(GrantsLeases).StopAsync());

    /// <summary>
    /// Its contexts come to their end at the upstream while it stands still; its leases go to others. When it wakes up it believes to have them, with contexts
    /// that wait and text that was on its way, and sends none of it.
    /// </summary>
    [ClusterFact]
    public async Task SiloFrozen_ItsLeasesComeBackAndItUsesNoneWhenItWakesUp()
    {
        await using var cluster = await StartAsync();
        var turns = new Turns(cluster.Upstream);
        await using var speaker = await Speaker.ConnectAsync(cluster["api1"], "call", Token);
        await PushAllAsync(speaker);
        await WhenSeveralSpeakAsync(cluster, turns);
        var frozen = await FindAsync(cluster, async silo => !GrantsLeases(silo) && await CountSlotsAsync(silo) > 0);

        frozen.Freeze();
        turns.EndAll();
        await turns.WhenHeldAsync(Most, Token);
        var others = turns.Held.Select(context => context.Socket).ToHashSet();
        frozen.Thaw();

        // It finds itself declared dead, and ends.
        await frozen.Process.Exited.WaitAsync(TimeSpan.FromMinutes(1), Token);
        Assert.All(turns.Held, context => Assert.Contains(context.Socket, others));
        turns.Release();
        await AssertAllSaidAsync(speaker, turns);
    }

    private static async Task<Member> FindAsync(LocalCluster cluster, Func<Member, Task<bool>> isOneAsync)
    {
        foreach (var silo in cluster.Silos)
        {
            if (await isOneAsync(silo))
            {
                return silo;
            }
        }

        throw new InvalidOperationException("No silo is like that.");
    }

    // The first places may all go to one that asked before the others.
    private static async Task WhenSeveralSpeakAsync(LocalCluster cluster, Turns turns)
    {
        await turns.WhenHeldAsync(Most, Token);
        while ((await Task.WhenAll(cluster.Silos.Select(CountSlotsAsync))).Count(slots => slots > 0) < 2)
        {
            turns.EndOne();
            await turns.WhenHeldAsync(Most, Token);
        }
    }

    private async Task AssertServedAsync(Func<LocalCluster, Task> breakAsync)
    {
        await using var cluster = await StartAsync();
        var turns = new Turns(cluster.Upstream);
        await using var speaker = await Speaker.ConnectAsync(cluster["api1"], "call", Token);
        await PushAllAsync(speaker);

        await WhenSeveralSpeakAsync(cluster, turns);

        // Each silo has one socket.
        await breakAsync(cluster);
        var broken = Stopwatch.StartNew();
        await cluster.Upstream.Changes.WhenAsync(() => cluster.Upstream.Sockets.Count(socket => socket.IsClosed) == 1, Token);
        await turns.WhenHeldAsync(Most, Token);
        output.WriteLine($"All leases were in use again {broken.ElapsedMilliseconds} ms later.");

        turns.Release();
        await AssertAllSaidAsync(speaker, turns);
    }

    // The silos first: a host that knew of one of them only when it started would put all contexts there.
    private static async Task<LocalCluster> StartAsync()
    {
        var cluster = await LocalCluster.PrepareAsync(Shape, Token);
        try
        {
            await Task.WhenAll(cluster.Silos.Select(silo => silo.StartAsync(Token)));
            await Task.WhenAll(cluster.Apis.Select(api => api.StartAsync(Token)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private static async Task PushAllAsync(Speaker speaker)
    {
        foreach (var context in All)
        {
            await speaker.PushAsync(context, TextOf(context), more: false, Token);
        }
    }

    private static async Task AssertAllSaidAsync(Speaker speaker, Turns turns)
    {
        await speaker.WhenAsync(() => All.All(context => speaker.EndOf(context) is not null), Token);
        Assert.Equal(Most, turns.MostAtOnce);
        Assert.All(All, context => Assert.Equal((TextOf(context), "done"), (speaker.TextOf(context), speaker.EndOf(context))));
    }

    private static string TextOf(string context) => $"{Turn} {context}.";

    private static async Task<int> CountSlotsAsync(Member silo) => (await silo.GetHealthAsync(Token)).GetProperty("slots_taken").GetInt32();

    private static bool GrantsLeases(Member silo) => silo.Said.Contains($"The {Most} leases of upstream main are granted here", StringComparison.Ordinal);

    /// <summary>Contexts at the upstream that say their text and do not end before the test wants them to.</summary>
    private sealed class Turns
    {
        private readonly ScriptedUpstream _upstream;
        private readonly Lock _gate = new();
        private readonly List<ScriptedContext> _spoken = [];
        private bool _isReleased;

        public Turns(ScriptedUpstream upstream)
        {
            _upstream = upstream;
            upstream.When(Turn, (context, message) =>
            {
                lock (_gate)
                {
                    MostAtOnce = Math.Max(MostAtOnce, Held.Count);
                    if (!message.IsCancel)
                    {
                        context.Speak(message.Transcript);
                        _spoken.Add(context);
                    }

                    if (message.IsCancel || _isReleased)
                    {
                        context.Done();
                    }
                }

                return Task.CompletedTask;
            });
        }

        public int MostAtOnce { get; private set; }

        // Those of a silo that is gone have ended with its sockets.
        public List<ScriptedContext> Held
            => [.. _upstream.Contexts.Where(context => !context.HasEnded && !context.Socket.IsClosed && context.Socket.CloseStatus is null)];

        public Task WhenHeldAsync(int contexts, CancellationToken cancellationToken)
            => _upstream.Changes.WhenAsync(() => Held is var held && held.Count == contexts && held.All(context => context.Answered > 0), cancellationToken);

        public void EndOne()
        {
            lock (_gate)
            {
                Held[0].Done();
            }
        }

        /// <summary>Ends all that speak now, wherever their silo is.</summary>
        public void EndAll()
        {
            lock (_gate)
            {
                foreach (var context in Held)
                {
                    context.Done();
                }
            }
        }

        /// <summary>From now on each ends as soon as it has spoken. One whose end got lost with its silo speaks again.</summary>
        public void Release()
        {
            lock (_gate)
            {
                _isReleased = true;
                foreach (var context in _spoken.Where(context => !context.HasEnded))
                {
                    context.Done();
                }
            }
        }
    }
}
