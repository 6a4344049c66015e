using TtsGrains.PushStreams;

namespace TtsGrains.Benchmarks.Streams;

/// <summary>One stream provider that is measured.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="OnSilo">Adds it to a silo.</param>
/// <param name="OnClient">Adds it to a client.</param>
internal sealed record StreamSetup(string Name, Action<ISiloBuilder> OnSilo, Action<IClientBuilder> OnClient)
{
    public const string Provider = "measured";

    public static IReadOnlyList<StreamSetup> All { get; } =
    [
        Memory(100),
        Memory(10),
        Memory(1),
        new("push streams", silo => silo.AddPushStreams(Provider), client => client.AddPushStreams(Provider)),
    ];

    private static StreamSetup Memory(int period) => new(
        $"memory streams, asking every {period} ms",
        silo => silo.AddMemoryStreams(Provider, streams => streams.ConfigurePullingAgent(agents => agents.Configure(
            agent => agent.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(period)))),
        client => client.AddMemoryStreams(Provider));
}

/// <summary>Where publisher and consumer are.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Silos">How many silos.</param>
/// <param name="IsOutside">Whether they are in a client outside of the silos, else in the silo.</param>
internal sealed record StreamPlace(string Name, short Silos, bool IsOutside)
{
    public static IReadOnlyList<StreamPlace> All { get; } = [new("in one silo", 1, IsOutside: false), new("a client of three silos", 3, IsOutside: true)];
}
