using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Hosting;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>Three silos and two API hosts, which one fault after the other befalls. Each test leaves all of it running.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FaultyCluster : IAsyncLifetime
{
    private static readonly ClusterShape Shape = new() { Settings = new Dictionary<string, string> { ["Upstreams:main:Resume"] = "sample" } };

    private readonly Pace _pace = new();
    private LocalCluster? _cluster;

    public async Task<LocalCluster> GetAsync()
    {
        if (_cluster is null)
        {
            _cluster = await LocalCluster.StartAsync(Shape, TestContext.Current.CancellationToken);
            _cluster.Upstream.When("", _pace.AnswerAsync);
        }

        return _cluster;
    }

    /// <summary>Forgets what was said, once nobody speaks: kept for long, it would slow the upstream down.</summary>
    public void Forget()
    {
        _pace.Forget();
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

        await _pace.DisposeAsync();
    }
}
