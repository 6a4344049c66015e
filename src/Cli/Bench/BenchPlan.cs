using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench;

/// <summary>What a benchmark measures.</summary>
/// <param name="Scenario">The kind of load.</param>
/// <param name="Service">The built service; unused with <paramref name="Remote"/>.</param>
/// <param name="Remote">A running service to measure; null to start one.</param>
/// <param name="RemoteUpstream">The upstream of a running service, to compare with; null to compare with nothing.</param>
/// <param name="Contexts">The numbers of contexts, one after the other.</param>
/// <param name="Sockets">The number of client sockets; null for that of the scenario.</param>
/// <param name="Format">The format of the audio.</param>
/// <param name="Length">How long a context speaks.</param>
/// <param name="Rounds">How often all is measured.</param>
/// <param name="WarmUps">The rounds of load before anything is measured.</param>
/// <param name="CancelPercent">The share of the contexts that are cancelled in their middle, percent.</param>
/// <param name="Listeners">The numbers of listeners, one after the other; empty to measure without.</param>
/// <param name="IsJson">True to print objects for programs.</param>
internal sealed record BenchPlan(
    BenchScenario Scenario,
    FileInfo Service,
    BenchTarget? Remote,
    BenchTarget? RemoteUpstream,
    IReadOnlyList<int> Contexts,
    int? Sockets,
    AudioFormat Format,
    TimeSpan Length,
    int Rounds,
    int WarmUps,
    int CancelPercent,
    IReadOnlyList<int> Listeners,
    bool IsJson);
