using System.CommandLine;
using System.Net.WebSockets;
using System.Security.Cryptography;
using TtsGrains.Cli.Bench.Processes;
using TtsGrains.Cli.Bench.Upstream;

namespace TtsGrains.Cli.Bench;

/// <summary><c>bench</c>: what a cluster can carry, and what the service adds to a direct connection and to the thinnest relay.</summary>
internal static class BenchCommand
{
    private const string UpstreamName = "bench-upstream";
    private const string RelayName = "bench-relay";

    public static Command Create()
    {
        var options = new BenchOptions();
        var command = new Command("bench", "Measure latency, CPU and memory under load: of a service that is started beside a direct connection and the thinnest relay, or of a running one.");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, cancellationToken));
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

    private static async Task<int> RunAsync(BenchOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var plan = options.Read(parsed);
            using var remote = plan.Remote;
            return await BenchRun.RunAsync(plan, cancellationToken) ? ExitCodes.Done : Complain("verification failed", ExitCodes.Refused);
        }
        catch (BenchFailedException e)
        {
            return Complain($"the benchmark has no result: {e.Message}", ExitCodes.Refused);
        }
        catch (WebSocketException e)
        {
            return Complain($"Not connected: {e.InnerException?.Message ?? e.Message}", ExitCodes.Unreachable);
        }
        catch (CryptographicException)
        {
            return Complain("--ca must name a PEM file with a certificate.", ExitCodes.Usage);
        }
        catch (IOException e)
        {
            return Complain(e.Message, ExitCodes.Refused);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    private static int Complain(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
