using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TtsGrains.Benchmarks.Calls;
using TtsGrains.Benchmarks.Paths;
using TtsGrains.Benchmarks.Streams;

switch (args)
{
    case ["streams", .. var rest]:
        await StreamComparison.RunAsync(rest is [var rounds] ? int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture) : 1);
        return 0;
    case ["calls"]:
        await GrainCalls.RunAsync();
        return 0;
    case ["paths", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(FrameBenchmarks).Assembly)
            .Run(rest.Length == 0 ? ["--filter", "*"] : rest, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
        return 0;
    default:
        await Console.Error.WriteLineAsync(
            """
            usage: dotnet run --project tests/Benchmarks -c Release -- <what>

              streams [ROUNDS]  the memory streams of Orleans against push streams: latency, first event, events per second, idle CPU
              paths [OPTIONS]   time and allocations of the steps of a push and a frame; the options are BenchmarkDotNet's
              calls             which grain calls one context makes, without and with one listener
            """);
        return 2;
}
