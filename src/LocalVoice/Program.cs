using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TtsGrains.LocalVoice.Espeak;

namespace TtsGrains.LocalVoice;

internal static class Program
{
    // The worker's start is on the path of a restart, so nothing of the server is loaded for it.
    public static Task<int> Main(string[] args) =>
        args is [EspeakWorker.Argument] ? Task.FromResult(EspeakWorker.Run()) : RunServerAsync(args);

    private static async Task<int> RunServerAsync(string[] args)
    {
        var switches = new Dictionary<string, string>
        {
            ["--port"] = "LocalVoice:Port",
            ["--realtime-factor"] = "LocalVoice:RealtimeFactor",
            ["--engine"] = "LocalVoice:Engine",
            ["--urls"] = "urls",
        };
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args, switches).Build();
        var options = configuration.GetSection(LocalVoiceOptions.SectionName).Get<LocalVoiceOptions>() ?? new LocalVoiceOptions();
        if (configuration["urls"] is { } urls)
        {
            options.Port = new Uri(urls).Port;
        }

        using var loggerFactory = LoggerFactory.Create(logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning));
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var server = await LocalVoiceServer.StartAsync(options, loggerFactory, TimeProvider.System, stop.Token);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{server.WebSocketUrl} ({server.Engine}, {options.RealtimeFactor} x real time)"));
        await server.WaitForShutdownAsync(stop.Token);
        return 0;
    }
}
