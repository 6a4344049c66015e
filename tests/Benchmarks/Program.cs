using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TtsGrains.Benchmarks.Calls;
using TtsGrains.Benchmarks.Micro;
using TtsGrains.Benchmarks.Streams;

switch (args)
{
    case ["streams", .. var rest]:
        await StreamComparison.RunAsync(rest is [var rounds] ? int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture) : 1);
        return 0;
    case ["calls"]:
        await GrainCalls.RunAsync();
        return 0;
    case ["micro"] or ["micro", _]:
        BenchmarkSwitcher.FromAssembly(typeof(FrameBenchmarks).Assembly)
            .Run(["--filter", args is [_, var filter] ? filter : "*"], DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
        return 0;
    default:
        await Console.Error.WriteLineAsync(
            """
            usage: dotnet run --project tests/Benchmarks -c Release -- <what>

              streams [ROUNDS]  the memory streams of Orleans against push streams: latency, first event, events per second, idle CPU
              micro [FILTER]    time and allocations of the steps of a push and a frame, of a whole frame and of a whole opening; such as micro '*Frame*'
              calls             which grain calls one context makes, without and with one listener
            """);
        return 2;
}
