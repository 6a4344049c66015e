using System.Globalization;
using System.Runtime.Versioning;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>Calls over all API hosts in which contexts speak at any time, ten in each, for as long as it runs.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class Load : IAsyncDisposable
{
    private const int LinesPerCall = 10;

    // A context takes two to three seconds; one may be held up by a fault.
    private static readonly TimeSpan RoundPatience = TimeSpan.FromSeconds(60);

    private readonly Changes _changes = new();
    private readonly List<Caller> _callers;

    private Load(LocalCluster cluster, string name, int calls, CancellationToken cancellationToken)
    {
        var balancer = new Balancer([.. cluster.Apis.Select(api => cluster.AddressOf(api.Name))]);
        _callers = [.. Enumerable.Range(1, calls).Select(call => new Caller($"{name}-{call}", LinesPerCall, balancer, _changes, cancellationToken))];
    }

    /// <summary>Starts it and waits until all of it speaks.</summary>
    public static async Task<Load> StartAsync(LocalCluster cluster, string name, int calls, CancellationToken cancellationToken)
    {
        var load = new Load(cluster, name, calls, cancellationToken);
        await load.WhenRoundsAsync(1, cancellationToken);
        return load;
    }

    /// <summary>What was spoken so far, to its end.</summary>
    public IReadOnlyList<Utterance> Spoken => [.. _callers.SelectMany(caller => caller.Spoken)];

    /// <summary>Completes when every line has spoken so many contexts more.</summary>
    public async Task WhenRoundsAsync(int more, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(RoundPatience * more);
        var until = _callers.ToDictionary(caller => caller, caller => caller.Rounds + more);
        await _changes.WhenAsync(() => until.All(caller => caller.Key.Rounds >= caller.Value), patience.Token, "every line has spoken");
    }

    /// <summary>Opens no more contexts, waits for the rest, and checks that everyone heard all of it.</summary>
    public async Task<IReadOnlyList<Utterance>> StopAsync()
    {
        await Task.WhenAll(_callers.Select(caller => caller.StopAsync()));
        var spoken = Spoken;
        var pauses = spoken.Select(utterance => utterance.LongestPause.TotalSeconds).Order().ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{spoken.Count} contexts; longest pause in each: median {pauses[pauses.Length / 2]:0.000} s, 99 % {pauses[pauses.Length * 99 / 100]:0.000} s, max {pauses[^1]:0.000} s; over 0.5 s in {pauses.Count(pause => pause > 0.5)}"));
        Assert.Empty(spoken.Select(utterance => utterance.Fault).OfType<string>());
        return spoken;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in _callers)
        {
            await caller.DisposeAsync();
        }
    }
}
