using System.CommandLine;
using System.CommandLine.Parsing;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Upstream;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Bench;

/// <summary>The options of <c>bench</c>, and which of them go with which scenario.</summary>
internal sealed class BenchOptions
{
    private const string EndpointPath = "/tts/websocket";

    private readonly Option<FileInfo> _service = new("--service") { Required = true, Hidden = true, Description = "The built service, TtsGrains.ApiHost.dll." };

    private readonly Option<string> _scenario = new("--scenario")
    {
        DefaultValueFactory = _ => BenchScenario.Steady.ToName(),
        Description = $"The kind of load: {Words.Or(BenchScenarios.Names)}.",
    };

    private readonly Option<Uri?> _url = new("--url")
    {
        CustomParser = result => ServiceOptions.ParseUrl(result, "--url", "http://127.0.0.1:8080"),
        Description = "A running service to measure. Without it one is started, beside a relay and a scripted upstream to compare with.",
    };

    private readonly Option<string> _key = ServiceOptions.CreateKey();
    private readonly Option<FileInfo?> _authority = ServiceOptions.CreateAuthority();

    private readonly Option<Uri?> _direct = new("--direct")
    {
        CustomParser = result => ServiceOptions.ParseUrl(result, "--direct", "ws://127.0.0.1:9000/tts/websocket"),
        Description = "The upstream of the service at --url, to measure the added time against. It is sent no credential.",
    };

    private readonly Option<int[]?> _contexts = LevelsOption.Create("--contexts", "How many contexts; several numbers make several runs. Default: 1,50,200; burst 500; long-session 20000; refused 20; noisy 5.");
    private readonly Option<int?> _sockets = NumberOption.CreateOptional("--sockets", 1, 20_000, "The client sockets that the contexts are spread over. Default: one for ten contexts; idle 1000.");
    private readonly Option<int> _seconds = NumberOption.Create("--seconds", 10, 1, 600, "How long each context speaks; in refused and noisy how long each round takes.");
    private readonly Option<int> _rounds = NumberOption.Create("--rounds", 3, 1, 100, "How often all is measured.");
    private readonly Option<int?> _warmUps = NumberOption.CreateOptional("--warm-ups", 0, 100, "Rounds of load before anything is measured. Default: 3; with --url 0.");
    private readonly Option<int> _cancelShare = NumberOption.Create("--cancel-share", 0, 0, 100, "The share of the contexts that are cancelled in their middle, percent.");
    private readonly Option<int[]?> _listeners = LevelsOption.Create("--listeners", "How many listen, such as 1,10,100: measures what they cost, on one session or on those of --contexts.");
    private readonly Option<bool> _json = JsonOutput.CreateOption();
    private readonly FormatOptions _format = new(BenchScript.Telephone.Encoding.ToWireName(), BenchScript.Telephone.SampleRate);

    /// <summary>Adds the options and their rules to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _service, _scenario, _url, _key, _authority, _direct, _contexts, _sockets, _seconds, _rounds, _warmUps, _cancelShare, _listeners, _json })
        {
            command.Add(option);
        }

        _format.AddTo(command);
        command.Validators.Add(CheckTogether);
    }

    /// <summary>Reads the plan.</summary>
    public BenchPlan Read(ParseResult parsed)
    {
        var scenario = BenchScenarios.Parse(parsed.GetValue(_scenario)!)!.Value;
        var listeners = parsed.GetValue(_listeners) ?? [];
        var remote = parsed.GetValue(_url) is { } url
            ? new BenchTarget(BenchTarget.ServiceName, Endpoint(url), ServiceOptions.KeyOf(parsed.GetValue(_key))).Through(DevelopmentCertificate.CreateHandler(url, parsed.GetValue(_authority)))
            : null;
        return new BenchPlan(
            scenario,
            parsed.GetValue(_service)!,
            remote,
            parsed.GetValue(_direct) is { } direct ? new BenchTarget("direct", direct) : null,
            parsed.GetValue(_contexts) is { Length: > 0 } contexts ? contexts : ContextsOf(scenario, listeners.Length > 0),
            parsed.GetValue(_sockets) ?? (scenario == BenchScenario.Idle ? 1000 : null),
            _format.Read(parsed)!.Value,
            TimeSpan.FromSeconds(parsed.GetValue(_seconds)),
            parsed.GetValue(_rounds),
            parsed.GetValue(_warmUps) ?? (remote is null ? 3 : 0),
            parsed.GetValue(_cancelShare),
            listeners,
            parsed.GetValue(_json));
    }

    private static Uri Endpoint(Uri url)
        => new UriBuilder(url) { Scheme = url.Scheme is "https" or "wss" ? "wss" : "ws", Path = EndpointPath }.Uri;

    private static int[] ContextsOf(BenchScenario scenario, bool hasListeners) => scenario switch
    {
        BenchScenario.Burst => [500],
        BenchScenario.LongSession => [20_000],
        BenchScenario.Refused => [20],
        BenchScenario.Noisy => [5],
        BenchScenario.Idle => [50],
        _ => hasListeners ? [1] : [1, 50, 200],
    };

    // Only text is read here: reading a value that was refused throws.
    private void CheckTogether(CommandResult result)
    {
        var name = TextOf(result, _scenario) ?? BenchScenario.Steady.ToName();
        if (BenchScenarios.Parse(name) is not { } scenario)
        {
            result.AddError($"--scenario is '{name}'; it must be {Words.Or(BenchScenarios.Names)}.");
            return;
        }

        foreach (var (option, scenarios) in Restricted)
        {
            if (IsGiven(result, option) && !scenarios.Contains(scenario))
            {
                result.AddError($"{option.Name} does not go with --scenario {scenario.ToName()}; it goes with {Words.Or(scenarios.Select(known => known.ToName()))}.");
            }
        }

        foreach (var option in new Option[] { _key, _authority, _direct }.Where(option => IsGiven(result, option) && !IsGiven(result, _url)))
        {
            result.AddError($"{option.Name} needs --url.");
        }

        if (TextOf(result, _contexts)?.Contains(',', StringComparison.Ordinal) == true
            && (scenario is BenchScenario.LongSession or BenchScenario.Refused or BenchScenario.Noisy || IsGiven(result, _listeners)))
        {
            result.AddError($"--contexts takes one number with {(IsGiven(result, _listeners) ? "--listeners" : $"--scenario {scenario.ToName()}")}.");
        }

        foreach (var option in new Option[] { _sockets, _cancelShare, _direct }.Where(option => IsGiven(result, option) && IsGiven(result, _listeners)))
        {
            result.AddError($"{option.Name} does not go with --listeners.");
        }
    }

    private IEnumerable<(Option Option, BenchScenario[] Scenarios)> Restricted =>
    [
        (_url, [BenchScenario.Steady, BenchScenario.Burst, BenchScenario.LongSession]),
        (_direct, [BenchScenario.Steady, BenchScenario.Burst]),
        (_contexts, [BenchScenario.Steady, BenchScenario.Burst, BenchScenario.LongSession, BenchScenario.Refused, BenchScenario.Noisy]),
        (_sockets, [BenchScenario.Steady, BenchScenario.Burst, BenchScenario.Idle]),
        (_seconds, [BenchScenario.Steady, BenchScenario.Burst, BenchScenario.Refused, BenchScenario.Noisy]),
        (_rounds, [BenchScenario.Steady, BenchScenario.Burst, BenchScenario.Refused, BenchScenario.Noisy]),
        (_warmUps, [BenchScenario.Steady, BenchScenario.Burst, BenchScenario.Idle, BenchScenario.Refused, BenchScenario.Noisy]),
        (_cancelShare, [BenchScenario.Steady, BenchScenario.Burst]),
        (_listeners, [BenchScenario.Steady]),
    ];

    private static string? TextOf(CommandResult command, Option option) => command.GetResult(option)?.Tokens is [var token] ? token.Value : null;

    private static bool IsGiven(CommandResult command, Option option) => command.GetResult(option) is { Implicit: false };
}
