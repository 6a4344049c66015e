using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>
/// Contexts on all silos are in the middle of a text when something breaks. Every one of them goes on and says all of it, sample by sample as if
/// nothing had been, and the archive has it once.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class SpeechTests
{
    private const int Contexts = 30;
    private const int WavHeader = 44;
    private const string Begun = "Half of it";
    private const string Whole = "Half of it was said before.";
    private const string Rest = " And the rest after.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public Task SiloKilled_EveryContextSpeaksOn() => AssertSpeaksOnAsync((cluster, _) => cluster["silo2"].KillAsync());

    [ClusterFact]
    public Task SiloStopped_EveryContextSpeaksOn() => AssertSpeaksOnAsync((cluster, _) => cluster["silo2"].StopAsync());

    [ClusterFact]
    public Task UpstreamSocketsCut_EveryContextSpeaksOn() => AssertSpeaksOnAsync((cluster, _) =>
    {
        foreach (var socket in cluster.Upstream.Sockets)
        {
            socket.Drop();
        }

        return Task.CompletedTask;
    });

    private static async Task AssertSpeaksOnAsync(Func<LocalCluster, Speaker, Task> breakAsync)
    {
        await using var cluster = await LocalCluster.StartAsync(
            new ClusterShape { Settings = new Dictionary<string, string> { ["Upstreams:main:Resume"] = "sample", ["Upstreams:main:ProgressTimeout"] = "00:05:00" } }, Token);
        var isBroken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Upstream.When(Begun, async (context, message) =>
        {
            // What is said before something breaks stops in the middle and goes on after it. Where that is lost, the text is said again from its start, as upstreams do.
            if (!isBroken.Task.IsCompleted && message.Transcript == Whole)
            {
                context.Chunk(Begun);
                await isBroken.Task;
                context.Chunk(Whole.AsSpan(Begun.Length));
                return;
            }

            await ScriptedContext.Answer(context, message);
        });
        await using var speaker = await Speaker.ConnectAsync(cluster["api1"], "call", Token);
        string[] contexts = [.. Enumerable.Range(1, Contexts).Select(i => $"context-{i}")];
        foreach (var context in contexts)
        {
            await speaker.PushAsync(context, Whole, more: true, Token);
        }

        await speaker.WhenAsync(() => contexts.All(context => speaker.TextOf(context) == Begun), Token);

        var breaking = breakAsync(cluster, speaker);
        isBroken.SetResult();
        foreach (var context in contexts)
        {
            await speaker.PushAsync(context, Rest, more: false, Token);
        }

        await breaking;
        await speaker.WhenAsync(() => contexts.All(context => speaker.EndOf(context) is not null), Token);
        Assert.All(contexts, context => Assert.Equal((Whole + Rest, "done"), (speaker.TextOf(context), speaker.EndOf(context))));
        await AssertArchivedOnceAsync(cluster);
    }

    private static async Task AssertArchivedOnceAsync(LocalCluster cluster)
    {
        using var client = cluster["api2"].Connect();
        for (var ordinal = 1; ordinal <= Contexts; ordinal++)
        {
            var segment = $"/v1/sessions/call/contexts/{ordinal}/segments/1.wav";
            byte[] wav = [];
            await Eventually.IsAsync(
                async () =>
                {
                    using var answer = await client.GetAsync(segment, Token);
                    wav = answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(Token) : [];
                    return wav.Length > 0;
                },
                true,
                Token);
            Assert.Equal(Whole + Rest, ScriptedAudio.TextOf(wav.AsSpan(WavHeader)));
        }
    }
}
