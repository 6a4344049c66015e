using System.Text.Json;
using TtsGrains.Cli;
using TtsGrains.Cli.Bench;
using TtsGrains.Cli.Bench.Load;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Scenarios;
using TtsGrains.Cli.Bench.Upstream;

namespace TtsGrains.Client.Tests.Cli.Bench;

/// <summary>The form of <c>bench --json</c>: programs read it, so no name changes and none goes.</summary>
public sealed class BenchFormTests
{
    private const string Times = "count p50 p90 p99 p999 max";

    private static readonly BenchPlan Plan = new(
        BenchScenario.Steady, new FileInfo("service"), Remote: null, RemoteUpstream: null, [4], Sockets: null, BenchScript.Telephone, TimeSpan.FromSeconds(10), Rounds: 2, WarmUps: 0, CancelPercent: 50, Listeners: [], IsJson: true);

    private static readonly TargetStart Start = new(12.3456, 1.5, WorkingSet: 1000);

    [Fact]
    public void Load_HasTheseMembers()
    {
        var line = Parse(LoadOf(Result(cpu: 2), Result(cpu: 1)));

        Assert.Equal(
            "scenario through contexts sockets encoding sample_rate seconds rounds cancel_percent first_audio_ms added_ms lateness_ms chunks late_chunks cancel_to_silence_ms "
            + "cpu_ms_per_audio_second cpu_of_relay peak_working_set_bytes working_set_bytes_per_context private_bytes first_context_ms second_context_ms violations",
            MembersOf(line));
        Assert.Equal(Times, MembersOf(line.GetProperty("first_audio_ms")));
        Assert.Equal(
            ("steady", "service", 4, "pcm_mulaw", 8000),
            (line.GetProperty("scenario").GetString(), line.GetProperty("through").GetString(), line.GetProperty("contexts").GetInt32(), line.GetProperty("encoding").GetString(), line.GetProperty("sample_rate").GetInt32()));
    }

    [Fact]
    public void Load_HasTheValuesOfTheMeasurement()
    {
        var line = LoadOf(Result(cpu: 2), Result(cpu: 1));

        Assert.Equal((3, 1, 1), (line.Chunks, line.LateChunks, line.Violations));
        Assert.Equal((200, 2), (line.CpuMsPerAudioSecond, line.CpuOfRelay));
        Assert.Equal((9000, 2000, 7000), (line.PeakWorkingSetBytes, line.WorkingSetBytesPerContext, line.PrivateBytes));
        Assert.Equal((12.346, 1.5), (line.FirstContextMs, line.SecondContextMs));
        Assert.Equal(0, line.AddedMs!.P50);
        Assert.Equal(2, line.CancelToSilenceMs!.Max);
    }

    [Fact]
    public void Load_OfARunningService_KnowsNeitherCpuNorMemory()
    {
        var line = Parse(LoadOf(Result(cpu: null) with { Memory = null }, relay: null));

        Assert.All(
            (string[])["cpu_ms_per_audio_second", "cpu_of_relay", "peak_working_set_bytes", "working_set_bytes_per_context", "private_bytes"],
            member => Assert.Equal(JsonValueKind.Null, line.GetProperty(member).ValueKind));
    }

    [Fact]
    public void Load_WithoutAudio_HasNoPercentiles()
    {
        var line = LoadOf(Result(cpu: 1) with { FirstAudio = [], Lateness = [], Audio = TimeSpan.Zero }, Result(cpu: 1));

        Assert.Null(line.FirstAudioMs);
        Assert.Null(line.AddedMs);
        Assert.Null(line.CpuMsPerAudioSecond);
        Assert.Equal(0, line.Chunks);
    }

    [Fact]
    public void Rounds_Together_AddTheirTimesAndKeepTheLargestMemory()
    {
        var together = RoundResult.Together([Result(cpu: 1), Result(cpu: 2) with { Memory = new MemoryUse(100, 8000) }]);

        Assert.Equal((6, 2, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(20), 2), (together.Lateness.Length, together.Late, together.Cpu, together.Audio, together.Violations.Count));
        Assert.Equal(new MemoryUse(9000, 8000), together.Memory);
    }

    [Fact]
    public void LongSession_HasTheseMembers()
    {
        var line = LongSessionOf(250);

        Assert.Equal(
            "scenario through contexts encoding sample_rate contexts_per_second first_audio_ms hundreds drift_ms warm_drift_ms private_bytes_per_context stored_bytes_per_context "
            + "stored_bytes_per_early_context violations",
            MembersOf(Parse(line)));
        Assert.Equal("from first_audio_ms", MembersOf(Parse(line).GetProperty("hundreds")[0]));
    }

    [Fact]
    public void LongSession_TellsTheDriftAndTheGrowthPerContext()
    {
        var line = LongSessionOf(250);

        Assert.Equal([(1, 100), (101, 100), (201, 50)], line.Hundreds.Select(hundred => (hundred.From, hundred.FirstAudioMs.Count)));
        Assert.Equal((175, 50, 20, 10), (line.DriftMs, line.PrivateBytesPerContext, line.StoredBytesPerContext, line.StoredBytesPerEarlyContext));
        Assert.Equal(125, line.ContextsPerSecond);
        Assert.Contains("| 201 to 250 | 225.00 | 245.00 |", line.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Listeners_HasTheseMembers()
    {
        var none = new ListenerResult([TimeSpan.FromMilliseconds(1)], [], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), null, []);
        var some = none with { Behind = [TimeSpan.FromMilliseconds(2)], Cpu = TimeSpan.FromSeconds(2) };

        var line = ListenerLine.Of(Plan, sessions: 1, listeners: 10, some, none);

        Assert.Equal(
            "scenario through contexts listeners encoding sample_rate seconds rounds lateness_ms behind_owner_ms cpu_ms_per_audio_second cpu_of_none cpu_microseconds_per_listener_and_chunk "
            + "peak_working_set_bytes private_bytes violations",
            MembersOf(Parse(line)));
        Assert.Equal((200, 2, 1000), (line.CpuMsPerAudioSecond, line.CpuOfNone, line.CpuMicrosecondsPerListenerAndChunk));
    }

    [Fact]
    public void Idle_HasTheseMembers()
        => Assert.Equal(
            "scenario through sockets first_audio_ms private_bytes_before private_bytes_after private_bytes_each working_set_bytes_each violations",
            MembersOf(Parse(new IdleLine("idle", "relay", 1, null, 1, 1, 1, 1, 0))));

    [Fact]
    public void Neighbour_HasTheseMembersAndRates()
    {
        var round = new NeighbourResult([TimeSpan.FromMilliseconds(1)], 1, 2, 300, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), ["wrong"]);

        var line = NeighbourLine.Of(Plan with { Scenario = BenchScenario.Refused }, isAlone: false, [round, round]);

        Assert.Equal(
            "scenario has_greedy_tenant contexts seconds rounds first_audio_ms refused greedy_spoken greedy_refusals_per_second cpu_percent_of_core client_cpu_percent_of_core violations",
            MembersOf(Parse(line)));
        Assert.Equal((true, 2, 4, 30, 50, 10, 2), (line.HasGreedyTenant, line.Refused, line.GreedySpoken, line.GreedyRefusalsPerSecond, line.CpuPercentOfCore, line.ClientCpuPercentOfCore, line.Violations));
    }

    [Fact]
    public void Neighbour_BothLines_SayHowMuchLongerItWaits()
    {
        NeighbourResult Round(int factor) => new([.. Enumerable.Range(1, 100).Select(ms => TimeSpan.FromMilliseconds(ms * factor))], 0, 0, 0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(1), []);
        var plan = Plan with { Scenario = BenchScenario.Noisy };

        var text = NeighbourLine.Render([NeighbourLine.Of(plan, isAlone: true, [Round(1)]), NeighbourLine.Of(plan, isAlone: false, [Round(3)])]);

        Assert.EndsWith("With the greedy tenant the neighbour waits 3.00 times as long at p50, 3.00 times at p99.", text.TrimEnd(), StringComparison.Ordinal);
    }

    private static LoadLine LoadOf(RoundResult result, RoundResult? relay)
        => LoadLine.Of(Plan, new BenchTarget("service", new Uri("ws://127.0.0.1:1")), Start, LoadScenario.ShapeOf(Plan, 4), result, Result(cpu: null), relay);

    private static RoundResult Result(double? cpu) => new(
        [TimeSpan.FromMilliseconds(1)],
        [TimeSpan.Zero, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(51)],
        [TimeSpan.FromMilliseconds(2)],
        cpu is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        TimeSpan.FromSeconds(10),
        new MemoryUse(9000, 7000),
        ["wrong"]);

    // The first audio of context n takes n ms.
    private static LongSessionLine LongSessionOf(int contexts) => LongSessionLine.Of(
        Plan,
        [.. Enumerable.Range(1, contexts).Select(number => TimeSpan.FromMilliseconds(number))],
        TimeSpan.FromSeconds(2),
        [new Usage(25, 1000, 250), new Usage(contexts, 1000 + ((contexts - 25) * 50), 250 + ((contexts - 25) * 20))],
        violations: 0);

    private static JsonElement Parse(object line) => JsonDocument.Parse(JsonOutput.ToText(line)).RootElement;

    private static string MembersOf(JsonElement line) => string.Join(' ', line.EnumerateObject().Select(member => member.Name));
}
