using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Faults;
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

    private static readonly ClusterShape Shape = new()
    {
        Apis = 1,
        Settings = new Dictionary<string, string>
        {
            ["Upstreams:main:MaxContexts"] = $"{Most}",
            ["Upstreams:main:MaxContextsPerSocket"] = "4",
            ["Upstreams:main:QueueDeadline"] = "00:05:00",
            ["Upstreams:main:FirstAudioTimeout"] = "00:05:00",
            ["Upstreams:main:ProgressTimeout"] = "00:05:00",
            ["Upstreams:main:Resume"] = "sample",
        },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public Task ManyWant_AllAreServedAndNeverTooManyAtOnce() => AssertServedAsync(_ => Task.CompletedTask);

    [ClusterFact]
    public Task SiloKilled_ItsLeasesComeBack() => AssertServedAsync(async cluster =>
    {
        var busiest = "";
        var most = -1;
        foreach (var silo in cluster.Silos.Where(silo => !GrantsLeases(silo)))
        {
            var slots = (await silo.GetHealthAsync(Token)).GetProperty("slots_taken").GetInt32();
            (busiest, most) = slots > most ? (silo.Name, slots) : (busiest, most);
        }

        await cluster[busiest].KillAsync();
    });

    [ClusterFact]
    public Task SiloKilled_ThatGrantsThem_AnotherOneDoes() => AssertServedAsync(cluster => cluster.Silos.Single(GrantsLeases).KillAsync());

    [ClusterFact]
    public Task SiloStopped_ThatGrantsThem_AnotherOneDoes() => AssertServedAsync(cluster => cluster.Silos.Single(GrantsLeases).StopAsync());

    private async Task AssertServedAsync(Func<LocalCluster, Task> breakAsync)
    {
        await using var cluster = await LocalCluster.StartAsync(Shape, Token);
        var turns = new Turns(cluster.Upstream);
        await using var speaker = await Speaker.ConnectAsync(cluster["api1"], "call", Token);
        string[] contexts = [.. Enumerable.Range(1, Contexts).Select(i => $"{i}")];
        foreach (var context in contexts)
        {
            await speaker.PushAsync(context, TextOf(context), more: false, Token);
        }

        await turns.WhenHeldAsync(Most, Token);
        Assert.InRange(cluster.Upstream.Contexts.DistinctBy(context => context.Socket).Count(), 2, Most);

        await breakAsync(cluster);
        await turns.WhenHeldAsync(Most, Token);

        // Each that ends makes room for one.
        for (var left = Contexts; left > 0; left--)
        {
            await turns.WhenHeldAsync(Math.Min(Most, left), Token);
            turns.EndOne();
        }

        await speaker.WhenAsync(() => contexts.All(context => speaker.EndOf(context) is not null), Token);
        output.WriteLine($"At most {turns.MostAtOnce} at once, {cluster.Upstream.Contexts.Count} upstream contexts over {cluster.Upstream.Sockets.Count} sockets.");
        Assert.Equal(Most, turns.MostAtOnce);
        Assert.All(contexts, context => Assert.Equal((TextOf(context), "done"), (speaker.TextOf(context), speaker.EndOf(context))));
    }

    private static string TextOf(string context) => $"{Turn} {context}.";

    private static bool GrantsLeases(Member silo) => silo.Said.Contains($"The {Most} leases of upstream main are granted here", StringComparison.Ordinal);

    /// <summary>Contexts at the upstream that say their text and do not end before the test wants them to.</summary>
    private sealed class Turns
    {
        private readonly ScriptedUpstream _upstream;
        private readonly Lock _gate = new();

        public Turns(ScriptedUpstream upstream)
        {
            _upstream = upstream;
            upstream.When(Turn, (context, message) =>
            {
                if (message.IsCancel)
                {
                    context.Done();
                    return Task.CompletedTask;
                }

                lock (_gate)
                {
                    MostAtOnce = Math.Max(MostAtOnce, Held.Count);
                }

                context.Speak(message.Transcript);
                return Task.CompletedTask;
            });
        }

        public int MostAtOnce { get; private set; }

        // Those of a silo that is gone have ended with its sockets.
        private List<ScriptedContext> Held
            => [.. _upstream.Contexts.Where(context => !context.HasEnded && !context.Socket.IsClosed && context.Socket.CloseStatus is null)];

        public Task WhenHeldAsync(int contexts, CancellationToken cancellationToken)
            => _upstream.Changes.WhenAsync(() => Held is var held && held.Count == contexts && held.All(context => context.Answered > 0), cancellationToken);

        public void EndOne() => Held[0].Done();
    }
}
