using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Cluster.Tests.Upstreams;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>The usage has what the upstream received, although the silo that sent some of it was killed or stopped.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BillTests(FaultyCluster faulty) : IClassFixture<FaultyCluster>
{
    private const string Text = "The parcel with the blue ribbon left the house this morning, and so did the one without it, which nobody had asked for. ";

    private static readonly string[] All = [.. Enumerable.Range(1, 20).Select(i => $"{i}")];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public Task SiloKilled_UsageHasWhatTheUpstreamReceivedToTheCharacter() => AssertBilledAsync("killed", silo => silo.KillAsync());

    [ClusterFact]
    public Task SiloStopped_UsageHasWhatTheUpstreamReceivedToTheCharacter() => AssertBilledAsync("stopped", silo => silo.StopAsync());

    private async Task AssertBilledAsync(string session, Func<Member, Task> breakAsync)
    {
        var cluster = await faulty.GetAsync();
        var before = faulty.Billed;
        await using var speaker = await Speaker.ConnectAsync(cluster["api1"], session, Token);
        foreach (var context in All)
        {
            await speaker.PushAsync(context, $"{session} {context}. {Text}", more: true, Token);
        }

        // All of it has arrived, so nothing is on its way when the silo goes in the middle of speech.
        await Eventually.IsAsync(() => Task.FromResult(faulty.Billed - before), All.Sum(context => (long)$"{session} {context}. {Text}".Length), Token);
        await speaker.WhenAsync(() => All.All(context => speaker.TextOf(context).Length > 0), Token);
        var silo = await FindBusiestAsync(cluster);
        await breakAsync(silo);
        foreach (var context in All)
        {
            await speaker.PushAsync(context, $"{Text}And this is the end.", more: false, Token);
        }

        await speaker.WhenAsync(() => All.All(context => speaker.EndOf(context) is not null), Token);
        Assert.All(All, context => Assert.Equal(("done", $"{session} {context}. {Text}{Text}And this is the end."), (speaker.EndOf(context), speaker.TextOf(context))));

        // Some was sent twice: the test means nothing if no context was spoken by that silo.
        Assert.True(faulty.Billed - before > All.Sum(context => (long)$"{session} {context}. {Text}{Text}And this is the end.".Length));
        await silo.StartAsync(Token);
        await Aftermath.AssertBilledAsync(cluster, () => faulty.Billed, Token);
        faulty.Forget();
    }

    private static async Task<Member> FindBusiestAsync(LocalCluster cluster)
    {
        var slots = await Task.WhenAll(cluster.Silos.Select(async silo => (Silo: silo, Taken: (await silo.GetHealthAsync(Token)).GetProperty("slots_taken").GetInt32())));
        return slots.MaxBy(silo => silo.Taken).Silo;
    }
}
