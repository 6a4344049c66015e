using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Cluster.Tests.Upstreams;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Telemetry;

/// <summary>What a collector gets of the processes of a cluster.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TraceTests
{
    private const string Text = "The parcel with the blue ribbon left the house this morning, and so did the one without it, between the garden chairs and the piano that will have to wait.";
    private const string Attempt = "tts.upstream.attempt";

    private static readonly TimeSpan ListenTimeout = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The upstream's socket is dropped while a context speaks, and then its silo is killed: the client's trace has all of it, from three processes.</summary>
    [ClusterFact]
    public async Task Trace_OfAContextThatFailsOverTwice_IsOneTreeOfAllProcesses()
    {
        await using var receiver = await SpanReceiver.StartAsync(Token);
        await using var cluster = await StartAsync(receiver);
        await using var speech = new PacedSpeech(TimeSpan.FromMilliseconds(100), charactersPerBeat: 4);
        cluster.Upstream.When("", speech.AnswerAsync);
        var client = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        var trace = client.TraceId.ToString();
        string killed;
        await using (var speaker = await Speaker.ConnectAsync(cluster["api1"], "call", Token, TraceSpans.Format(client)))
        {
            await speaker.PushAsync("a", Text, more: false, Token);
            await speaker.WhenAsync(() => speaker.TextOf("a").Length > 0, Token);
            using var listener = await Listener.ConnectAsync(cluster["api1"], "call", Token);

            // Before the listener leaves, so that its span has the end of the context.
            var listening = listener.WhenDoneAsync("a", Token);
            cluster.Upstream.ContextsOf(Text)[0].Socket.Drop();
            await receiver.WhenAsync(trace, spans => spans.Any(span => span.Name == Attempt) && spans.Count(span => span.Name == "tts.slot.wait") == 2, Token);
            var before = speaker.TextOf("a").Length;
            await speaker.WhenAsync(() => speaker.TextOf("a").Length > before, Token);
            killed = receiver.Of(trace).First(span => span.Name == Attempt).Service;
            await cluster[killed].KillAsync();

            await speaker.WhenAsync(() => speaker.EndOf("a") is not null, Token);
            Assert.Equal(("done", Text), (speaker.EndOf("a"), speaker.TextOf("a")));
            await listening.WaitAsync(ListenTimeout, Token);
        }

        await receiver.WhenAsync(trace, spans => spans.Any(span => span.Name == "tts.socket") && spans.Any(span => span.Name == "tts.listener") && spans.Any(span => span["tts.archive.object"] == "manifest"), Token);
        await AssertManifestHasBothSeamsAsync(cluster["api1"]);
        AssertTellsTheStory([.. receiver.Of(trace).Where(span => span.Source == TraceSpans.Source)], client, killed);
    }

    /// <summary>The request id of an error leads to the line of the log, that to the trace and the context, and the context's manifest has the trace as well.</summary>
    [ClusterFact]
    public async Task RequestId_OfAnError_FindsLogTraceAndManifest()
    {
        await using var receiver = await SpanReceiver.StartAsync(Token);
        await using var cluster = await StartAsync(receiver);
        cluster.Upstream.When("", (context, message) =>
        {
            context.Speak("Half of it.");
            context.Error(404, "voice_not_found", "Invalid voice", "No such voice.");
            return Task.CompletedTask;
        });
        await using (var speaker = await Speaker.ConnectAsync(cluster["api1"], "call", Token))
        {
            await speaker.PushAsync("a", Text, more: false, Token);
            await speaker.WhenAsync(() => speaker.EndOf("a") is not null, Token);
            using var error = JsonDocument.Parse(speaker.EndOf("a")!);
            var request = error.RootElement.GetProperty("request_id").GetString()!;

            string[] lines = [];
            await Eventually.IsTrueAsync(() => (lines = [.. Lines(cluster).Where(line => line.Contains(request, StringComparison.Ordinal))]).Length > 0, Token);
            var line = Assert.Single(lines);
            var trace = line[(line.LastIndexOf(' ') + 1)..];

            Assert.Contains("acme/call/a", line, StringComparison.Ordinal);
            await receiver.WhenAsync(trace, spans => spans.Any(span => span["tts.request_id"] == request) && spans.Any(span => span["tts.archive.object"] == "manifest"), Token);
            using var http = cluster["api1"].Connect();
            using var manifest = JsonDocument.Parse(await http.GetStringAsync("/v1/sessions/call/contexts/1/manifest", Token));
            Assert.Equal((trace, "error"), (manifest.RootElement.GetProperty("trace_id").GetString(), manifest.RootElement.GetProperty("outcome").GetString()));
        }
    }

    // The first was known only to the silo that was killed, and to the owner.
    private static async Task AssertManifestHasBothSeamsAsync(Member api)
    {
        using var http = api.Connect();
        using var manifest = JsonDocument.Parse(await http.GetStringAsync("/v1/sessions/call/contexts/1/manifest", Token));
        var seams = manifest.RootElement.GetProperty("seams").EnumerateArray().ToList();
        var segment = manifest.RootElement.GetProperty("segments")[0].GetProperty("duration_ms").GetDouble();

        Assert.Equal(
            [("upstream_lost", 2, "sample", "main"), ("silo_lost", 3, "sample", "main")],
            seams.Select(seam => (Text(seam, "reason"), seam.GetProperty("attempt").GetInt32(), Text(seam, "kind"), Text(seam, "upstream"))));
        double[] offsets = [.. seams.Select(seam => seam.GetProperty("at_ms").GetDouble())];
        Assert.True(offsets[0] > 0 && offsets[1] > offsets[0] && offsets[1] < segment, $"{string.Join(", ", offsets)} of {segment}");

        static string? Text(JsonElement seam, string member) => seam.GetProperty(member).GetString();
    }

    private static void AssertTellsTheStory(IReadOnlyList<ExportedSpan> spans, ActivityContext client, string killed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', spans));
        var socket = Assert.Single(spans, span => span.Name == "tts.socket");
        var context = Assert.Single(spans, span => span.Name.StartsWith("text_to_speech", StringComparison.Ordinal));
        Assert.Equal((client.SpanId.ToString(), socket.Id), (socket.ParentId, context.ParentId));
        Assert.All(spans.Where(span => span != socket && span != context), span => Assert.Equal(context.Id, span.ParentId));
        Assert.Equal(("api1", "api1", "done"), (socket.Service, context.Service, context["tts.outcome"]));
        var survivor = killed == "silo1" ? "silo2" : "silo1";

        var attempts = spans.Where(span => span.Name == Attempt).ToList();
        Assert.Equal([(killed, "upstream_lost", null), (survivor, null, "silo_lost")], attempts.Select(span => (span.Service, span["error.type"], span["tts.seam.reason"])));
        Assert.All(attempts, span => Assert.Contains(span.Events, each => each.Name == "tts.first_audio"));
        Assert.Contains(attempts[1].Events, each => each.Name == "tts.pause" && each.Tags["tts.pause.cause"] == "silo");
        Assert.Equal((killed, 1), (Assert.Single(spans, span => span.Name == "tts.admission").Service, spans.Count(span => span.Name == "tts.listener" && span.Service == "api1")));
        Assert.Equal([killed, killed, survivor], spans.Where(span => span.Name == "tts.slot.wait").Select(span => span.Service));
        Assert.Equal((survivor, "done"), spans.Where(span => span.Name == "tts.segment").Select(span => (span.Service, span["tts.ending"])).Last());
        Assert.Equal((survivor, "manifest"), spans.Where(span => span.Name == "tts.archive.write").Select(span => (span.Service, span["tts.archive.object"])).Last());
    }

    private static Task<LocalCluster> StartAsync(SpanReceiver receiver) => LocalCluster.StartAsync(
        new ClusterShape
        {
            Silos = 2,
            Apis = 1,
            Settings = new Dictionary<string, string>(receiver.Settings) { ["Upstreams:main:Resume"] = "sample" },
            SettingsOf = name => [new("OTEL_SERVICE_NAME", name)],
        },
        Token);

    private static IEnumerable<string> Lines(LocalCluster cluster) => cluster.Silos.Concat(cluster.Apis).SelectMany(member => member.Said.Split(Environment.NewLine));
}
