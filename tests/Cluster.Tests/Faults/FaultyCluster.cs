using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>Three silos and two API hosts, which one fault after the other befalls.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FaultyCluster : IAsyncLifetime
{
    private static readonly ClusterShape Shape = new() { Settings = new Dictionary<string, string> { ["Upstreams:main:Resume"] = "sample" } };

    // A fifth of a second of audio at each beat.
    private readonly PacedSpeech _speech = new(TimeSpan.FromMilliseconds(200), charactersPerBeat: 16);
    private LocalCluster? _cluster;
    private long _billed;

    /// <summary>The characters that the upstream received.</summary>
    public long Billed => Interlocked.Read(ref _billed);

    /// <summary>The cluster, with all of its members running: what a test that failed has left stopped does not fail the next one.</summary>
    public async Task<LocalCluster> GetAsync()
    {
        if (_cluster is null)
        {
            _cluster = await LocalCluster.StartAsync(Shape, TestContext.Current.CancellationToken);
            _cluster.Upstream.When("", (context, message) =>
            {
                Interlocked.Add(ref _billed, message.Transcript.Length);
                return _speech.AnswerAsync(context, message);
            });
        }

        foreach (var member in _cluster.Silos.Concat(_cluster.Apis).Where(member => !member.IsRunning))
        {
            await member.StartAsync(TestContext.Current.CancellationToken);
        }

        return _cluster;
    }

    /// <summary>Forgets the spoken text once no context is open: kept for long, it would slow the upstream down.</summary>
    public void Forget()
    {
        _speech.Forget();
        _cluster?.Upstream.Forget();
    }

    /// <summary>Writes how each member is, and what it said last, beside the test's result.</summary>
    public async Task SayHowItIsAsync()
    {
        foreach (var member in _cluster?.Silos.Concat(_cluster.Apis) ?? [])
        {
            var health = member.IsRunning ? (await member.GetHealthAsync(CancellationToken.None)).ToString() : "not running";
            TestContext.Current.TestOutputHelper?.WriteLine($"{member.Name}: {health}. It said last:{Environment.NewLine}{member.Said}");
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        await _speech.DisposeAsync();
    }
}
