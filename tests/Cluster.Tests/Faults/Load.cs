using System.Globalization;
using System.Runtime.Versioning;
using TtsGrains.Cli.Cluster;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>Calls over all API hosts in which contexts speak at any time, ten in each, for as long as it runs.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class Load : IAsyncDisposable
{
    private const int LinesPerCall = 10;

    // A context takes five to six seconds; one may be held up by a fault.
    private static readonly TimeSpan RoundTimeout = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(1.5);

    private readonly Changes _changes = new();
    private readonly LocalCluster _cluster;
    private readonly List<Caller> _callers;

    private Load(LocalCluster cluster, string name, int calls, CancellationToken cancellationToken)
    {
        _cluster = cluster;
        var balancer = new Balancer([.. cluster.Apis.Select(api => cluster.AddressOf(api.Name))]);
        _callers = [.. Enumerable.Range(1, calls).Select(call => new Caller($"{name}-{call}", LinesPerCall, balancer, _changes, cancellationToken))];
    }

    /// <summary>Starts it and waits until all of it speaks.</summary>
    public static async Task<Load> StartAsync(LocalCluster cluster, string name, int calls, CancellationToken cancellationToken)
    {
        var load = new Load(cluster, name, calls, cancellationToken);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(RoundTimeout);
        await load._changes.WhenAsync(() => load._callers.All(caller => caller.IsSpeaking), timeout.Token, "every line speaks");
        return load;
    }

    /// <summary>What was spoken so far, to its end.</summary>
    public IReadOnlyList<Utterance> Spoken => [.. _callers.SelectMany(caller => caller.Spoken)];

    /// <summary>Completes when every line has spoken this number of further contexts.</summary>
    public async Task WhenRoundsAsync(int more, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(RoundTimeout * more);
        var until = _callers.ToDictionary(caller => caller, caller => caller.Rounds + more);
        await _changes.WhenAsync(() => until.All(caller => caller.Key.Rounds >= caller.Value), patience.Token, "every line has spoken");
    }

    /// <summary>Opens no more contexts, waits for the rest, and checks that everyone heard all of it.</summary>
    public async Task<IReadOnlyList<Utterance>> StopAsync()
    {
        await Task.WhenAll(_callers.Select(caller => caller.StopAsync()));
        var spoken = Spoken;
        SayPauses([.. spoken.OrderBy(utterance => utterance.LongestGap)]);
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

    // And of the longest, what the members have said of that context.
    private void SayPauses(Utterance[] spoken)
    {
        var pauses = spoken.Select(utterance => utterance.LongestGap.TotalSeconds).ToArray();
        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{spoken.Length} contexts; longest pause in each: median {pauses[pauses.Length / 2]:0.000} s, 99 % {pauses[pauses.Length * 99 / 100]:0.000} s, max {pauses[^1]:0.000} s; over 0.5 s in {pauses.Count(pause => pause > 0.5)}"));
        if (spoken[^1].LongestGap > LongPause)
        {
            var context = $"{spoken[^1].Session}/{spoken[^1].Context}/";
            var said = _cluster.Silos.Concat(_cluster.Apis).SelectMany(member => member.Said.Split(Environment.NewLine), (member, line) => $"{member.Name}: {line}");
            output?.WriteLine(string.Join(Environment.NewLine, said.Where(line => line.Contains(context, StringComparison.Ordinal)).Prepend(context)));
        }
    }
}
