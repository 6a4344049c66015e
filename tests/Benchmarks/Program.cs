using TtsGrains.Benchmarks.Calls;
using TtsGrains.Benchmarks.Streams;

switch (args)
{
    case ["streams", .. var rest]:
        await StreamComparison.RunAsync(rest is [var rounds] ? int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture) : 1);
        return 0;
    case ["calls"]:
        await GrainCalls.RunAsync();
        return 0;
    default:
        await Console.Error.WriteLineAsync(
            """
            usage: dotnet run --project tests/Benchmarks -c Release -- <what>

              streams [ROUNDS]  the memory streams of Orleans against push streams: latency, first event, events per second, idle CPU
              calls             which grain calls one context makes, without and with one listener
            """);
        return 2;
}
