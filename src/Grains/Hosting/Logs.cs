using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TtsGrains.Grains.Hosting;

/// <summary>Logs go to standard error: standard output belongs to the ready line.</summary>
public static class Logs
{
    public static void Configure(ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders();

        // The framework's own request log would show query strings, and with them the keys of clients that send them there.
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Orleans", LogLevel.Warning);

        // It warns at every start that the garbage collector is not the server's; that is on purpose: see docs/performance.md.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);

        // It warns at every start that the keys of access tokens are not encrypted on disk; their directory is private instead.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // What keeps a host from starting is told at its end, in a sentence where it can be.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
