using System.CommandLine;
using System.Globalization;

namespace TtsGrains.Cli.Bench;

/// <summary><c>bench</c>: compares the service with no service and with the thinnest relay, in one run, on this machine.</summary>
internal static class BenchCommand
{
    private const string UpstreamName = "bench-upstream";
    private const string RelayName = "bench-relay";
    private const int MaxLevel = 5000;

    public static Command Create()
    {
        var service = new Option<FileInfo>("--service") { Required = true, Hidden = true, Description = "The built service, TtsGrains.ApiHost.dll." };
        var contexts = CreateLevels("--contexts", "How many contexts speak at once; several numbers make several runs.");
        contexts.DefaultValueFactory = _ => "1,50,200";
        var seconds = NumberOption.Create("--seconds", 10, 4, 600, "How long each speaks, seconds.");
        var rounds = NumberOption.Create("--rounds", 3, 1, 100, "How often all is measured.");
        var listeners = CreateLevels("--listeners", "How many listen to one session, such as 1,10,100: measures what they cost instead.");
        var command = new Command("bench", "Measure added latency and CPU against a direct connection and the thinnest relay, or what listeners cost.") { service, contexts, seconds, rounds, listeners };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var plan = new BenchPlan(
                parsed.GetValue(service)!, ReadLevels(parsed.GetValue(contexts)), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rounds), ReadLevels(parsed.GetValue(listeners)));
            try
            {
                await Bench.RunAsync(plan, cancellationToken);
                return 0;
            }
            catch (BenchFailedException e)
            {
                return Complain($"the benchmark has no result: {e.Message}");
            }
        });
        return command;
    }

    /// <summary>The processes that a benchmark starts of this program.</summary>
    public static IEnumerable<Command> CreateHidden()
    {
        var upstream = new Command(UpstreamName, "The scripted upstream of a benchmark.") { Hidden = true };
        upstream.SetAction((_, cancellationToken) => ScriptedUpstream.RunAsync(BenchProcess.UntilParentEnds(cancellationToken)));
        var url = new Option<Uri>("--upstream") { Required = true, CustomParser = result => new Uri(result.Tokens[0].Value) };
        var relay = new Command(RelayName, "The relay of a benchmark.") { url };
        relay.Hidden = true;
        relay.SetAction((parsed, cancellationToken) => Relay.RunAsync(parsed.GetValue(url)!, BenchProcess.UntilParentEnds(cancellationToken)));
        return [upstream, relay];
    }

    public static Task<BenchProcess> StartUpstreamAsync() => BenchProcess.StartSelfAsync(UpstreamName);

    public static Task<BenchProcess> StartRelayAsync(Uri upstream) => BenchProcess.StartSelfAsync(RelayName, "--upstream", upstream.ToString());

    private static Option<string?> CreateLevels(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && ReadLevels(text).Any(level => level is < 1 or > MaxLevel))
            {
                result.AddError($"{name} is '{text}'; it must be whole numbers from 1 to {MaxLevel}, separated by commas.");
            }
        });
        return option;
    }

    private static int[] ReadLevels(string? text)
        => text is null ? [] : [.. text.Split(',').Select(level => int.TryParse(level, CultureInfo.InvariantCulture, out var number) ? number : 0)];

    private static int Complain(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCodes.Refused;
    }
}
