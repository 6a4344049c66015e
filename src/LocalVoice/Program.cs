using System.Globalization;
using System.Net;
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

    private static Task<int> RunServerAsync(string[] args)
    {
        var switches = new Dictionary<string, string>
        {
            ["--port"] = "LocalVoice:Port",
            ["--realtime-factor"] = "LocalVoice:RealtimeFactor",
            ["--engine"] = "LocalVoice:Engine",
            ["--urls"] = "urls",
        };
        return HostExit.GuardAsync("LocalVoice", async () =>
        {
            using var configuration = new ConfigurationManager();
            configuration.AddEnvironmentVariables().AddCommandLine(args, switches);
            var options = Read(configuration);
            PortInUseException.ThrowIfTaken(IPAddress.Parse(options.Address), options.Port, "--port 0 (the setting LocalVoice:Port=0)");

            using var loggerFactory = LoggerFactory.Create(logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning));
            using var stop = new CancellationTokenSource();
            void Stop(PosixSignalContext signal)
            {
                signal.Cancel = true;
                stop.Cancel();
            }

            using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            await using var server = await StartAsync(options, loggerFactory, stop.Token);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{server.WebSocketUrl} ({server.Engine}, {options.RealtimeFactor} x real time)"));
            await server.WaitForShutdownAsync(stop.Token);
        });
    }

    private static LocalVoiceOptions Read(ConfigurationManager configuration)
    {
        new SettingsCatalogue([LocalVoiceOptions.Settings]).Apply(configuration);
        var options = configuration.GetSection(LocalVoiceOptions.SectionName).Get<LocalVoiceOptions>() ?? new LocalVoiceOptions();
        if (configuration["urls"] is { } urls)
        {
            options.Port = Uri.TryCreate(urls, UriKind.Absolute, out var url)
                ? url.Port
                : throw new SettingsException("--urls must be an address, such as http://127.0.0.1:8090.");
        }

        return options;
    }

    private static async Task<LocalVoiceServer> StartAsync(LocalVoiceOptions options, ILoggerFactory loggers, CancellationToken stopping)
    {
        try
        {
            return await LocalVoiceServer.StartAsync(options, loggers, TimeProvider.System, stopping);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            throw new SettingsException(wrong.Message, wrong);
        }
    }
}
