using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Grains.Clustering;

namespace TtsGrains.Cluster.Tests.Storage;

/// <summary>A machine whose clock is not the database's.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class ClockTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterTheory]
    [InlineData(90)]
    [InlineData(-90)]
    [InlineData(0)]
    public async Task Clock_OffTheDatabases_IsSaidAtStart(int seconds)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Cluster:ConnectionString", (await shared.GetAsync()).ConnectionString), new("Cluster:Tls:Off", "true")]).Build();
        var lines = new List<string>();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(new ListLog(lines)));
        var entrance = new ClusterConnection(
            ClusterSettings.Read(configuration, ClusterMode.Member),
            new ShiftedClock(TimeSpan.FromSeconds(seconds)),
            loggers.CreateLogger<ClusterConnection>());

        await entrance.WaitAsync(why => throw new InvalidOperationException(why), Token);

        Assert.Equal(seconds == 0 ? 0 : 1, lines.Count);
        Assert.All(lines, line => Assert.InRange(double.Parse(Seconds().Match(line).Groups[1].Value, CultureInfo.InvariantCulture), seconds - 1, seconds + 1));
    }

    [GeneratedRegex(@"^This machine's clock is (\S+) s ahead")]
    private static partial Regex Seconds();

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    private sealed class ListLog(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
