using System.CommandLine;
using System.Globalization;

namespace TtsGrains.Cli.Bench;

/// <summary><c>bench</c>: compares the service with no service and with the thinnest relay, in one run, on this machine.</summary>
internal static class BenchCommand
{
    private const string UpstreamName = "bench-upstream";
    private const string RelayName = "bench-relay";

    public static Command Create()
    {
        var service = new Option<FileInfo>("--service") { Required = true, Hidden = true, Description = "The built service, TtsGrains.ApiHost.dll." };
        var contexts = new Option<string>("--contexts") { DefaultValueFactory = _ => "1,50,200", Description = "How many contexts speak at once; several numbers make several runs." };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 10, Description = "How long each speaks, seconds." };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3, Description = "How often all is measured." };
        var listeners = new Option<string?>("--listeners") { Description = "How many listen to one session, such as 1,10,100: measures what they cost instead." };
        var command = new Command("bench", "Measure added latency and CPU against a direct connection and the thinnest relay, or what listeners cost.") { service, contexts, seconds, rounds, listeners };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var levels = ReadLevels(parsed.GetValue(contexts)!);
            var audiences = parsed.GetValue(listeners) is { } audience ? ReadLevels(audience) : [];
            if (levels.Concat(audiences).Any(level => level is < 1 or > 5000) || parsed.GetValue(seconds) is < 4 or > 600 || parsed.GetValue(rounds) is < 1 or > 100)
            {
                return ComplainOfUsage("--contexts and --listeners take numbers from 1 to 5000, --seconds 4 to 600, --rounds 1 to 100.");
            }

            try
            {
                await Bench.RunAsync(new BenchPlan(parsed.GetValue(service)!, levels, TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rounds), audiences), cancellationToken);
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

    private static int[] ReadLevels(string text)
        => [.. text.Split(',').Select(level => int.TryParse(level, CultureInfo.InvariantCulture, out var number) ? number : 0)];

    private static int Complain(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCodes.Refused;
    }

    private static int ComplainOfUsage(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCodes.Usage;
    }
}
