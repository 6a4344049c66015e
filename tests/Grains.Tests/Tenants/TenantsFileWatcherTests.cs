using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using TtsGrains.Tenants.Files;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Tenants;

/// <summary>A faulty change of a tenants file leaves the old one in force, and is told in a warning, once.</summary>
public sealed class TenantsFileWatcherTests : IDisposable
{
    private static readonly string Hash = ApiKey.HashOf("hush");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tts-tenants-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<string> _log = [];

    private string Path => System.IO.Path.Combine(_folder.FullName, "tenants.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Refresh_AChangeWithAFault_IsLoggedOnceAndNotInForce()
    {
        File.WriteAllText(Path, Content(limit: 1));
        var source = new TenantsFileSource(Path, new TenantsFileReader());
        Assert.True(source.TryRefresh(out _));
        var configuration = new ConfigurationBuilder().Add(source.Provider).Build();
        using var watcher = new TenantsFileWatcher(source, TimeProvider.System, new Logger(_log));

        File.WriteAllText(Path, Content(limit: 0));
        watcher.Refresh();
        watcher.Refresh();
        Assert.Equal("1", configuration["Tenants:acme:MaxOpenContexts"]);
        File.Delete(Path);
        watcher.Refresh();
        watcher.Refresh();
        Assert.Equal("1", configuration["Tenants:acme:MaxOpenContexts"]);
        File.WriteAllText(Path, Content(limit: 2));
        watcher.Refresh();
        watcher.Refresh();

        Assert.Equal("2", configuration["Tenants:acme:MaxOpenContexts"]);
        Assert.Equal(3, _log.Count);
        Assert.Equal($"Warning The tenants of {Path} stay as they were: Tenants:acme:MaxOpenContexts is 0; it must be 1 to 1,000,000.", _log[0]);
        Assert.StartsWith($"Warning The tenants of {Path} stay as they were: The file cannot be read:", _log[1], StringComparison.Ordinal);
        Assert.Equal($"Information The tenants of {Path} have changed", _log[2]);
    }

    [Fact]
    public async Task Watcher_ReadsTheFileAgainEverySecond()
    {
        File.WriteAllText(Path, Content(limit: 1));
        var source = new TenantsFileSource(Path, new TenantsFileReader());
        Assert.True(source.TryRefresh(out _));
        using var watcher = new TenantsFileWatcher(source, _time, new Logger(_log));
        await watcher.StartAsync(TestContext.Current.CancellationToken);
        await _time.WhenTimerAsync(due => due > TimeSpan.Zero, TestContext.Current.CancellationToken);
        File.WriteAllText(Path, Content(limit: 2));

        _time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.IsTrueAsync(() => source.Provider.TryGet("Tenants:acme:MaxOpenContexts", out var limit) && limit == "2", TestContext.Current.CancellationToken);
        await watcher.StopAsync(TestContext.Current.CancellationToken);
    }

    private static string Content(int limit)
        => """{"tenants": {"acme": {"keys": ["{hash}"], "maxOpenContexts": {limit}}}}""".Replace("{hash}", Hash, StringComparison.Ordinal).Replace("{limit}", $"{limit}", StringComparison.Ordinal);

    private sealed class Logger(List<string> lines) : ILogger<TenantsFileWatcher>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => lines.Add($"{logLevel} {formatter(state, exception)}");
    }
}
