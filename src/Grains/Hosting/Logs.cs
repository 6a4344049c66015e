using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace TtsGrains.Grains.Hosting;

/// <summary>Configures logging. Logs go to standard error; standard output belongs to the ready line.</summary>
public static class Logs
{
    // ISO 8601, UTC.
    private const string TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>
    /// Adds the console. The section <c>Logging</c> of the configuration overrides every level and format, such as <c>Logging:Console:FormatterName=json</c>.
    /// </summary>
    public static void Configure(ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders();

        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Orleans", LogLevel.Warning);

        // Polly logs each placement decision of Orleans at Information: two lines for every grain that is activated.
        logging.AddFilter("Polly", LogLevel.Warning);

        // Warns at every start that the garbage collector is not the server's; that is on purpose: see docs/performance.md.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);

        // Before its first check it measures the time since the machine booted, so it warns of a deadlock at most starts.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);

        // Warns at every start that the keys of access tokens are not encrypted on disk; their directory is private instead.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // HostExit reports why a host does not start.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.AddConfiguration(configuration.GetSection("Logging"));

        // Both log request lines with their query strings, where clients may send keys and tokens. Behind the configuration and for this provider, so that no
        // setting overrides it.
        logging.AddFilter<ConsoleLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        logging.AddFilter<ConsoleLoggerProvider>("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Information);

        var settings = configuration.GetSection("Logging:Console");
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            // The host builder has set the simple one in code, whatever the configuration.
            console.FormatterName = settings[nameof(console.FormatterName)] ?? ConsoleFormatterNames.Simple;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.Services.Configure<SimpleConsoleFormatterOptions>(simple =>
        {
            simple.SingleLine = true;
            simple.TimestampFormat = TimestampFormat + " ";
            simple.UseUtcTimestamp = true;
        });
        logging.Services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            json.TimestampFormat = TimestampFormat;
            json.UseUtcTimestamp = true;
        });
        var format = settings.GetSection("FormatterOptions");
        logging.Services.Configure<SimpleConsoleFormatterOptions>(format);
        logging.Services.Configure<JsonConsoleFormatterOptions>(format);
        logging.AddConsole();
    }
}
