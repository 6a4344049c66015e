using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Archive;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Archive;

/// <summary>A running writer over a <see cref="MemoryArchive"/>, with time and log in the test's hands.</summary>
internal sealed class WriterFixture : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2));

    private readonly ListLogger _logger = new();

    private WriterFixture(ArchiveOptions options)
        => Writer = new ArchiveWriter(Archive, Options.Create(options), Time, _logger);

    public MemoryArchive Archive { get; } = new();

    public FakeTimeProvider Time { get; } = new(Start);

    public ArchiveWriter Writer { get; }

    /// <summary>Level and text of what was logged.</summary>
    public IReadOnlyList<(LogLevel Level, string Text)> Log => [.. _logger.Entries];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<WriterFixture> StartAsync(ArchiveOptions? options = null, Action<MemoryArchive>? archive = null)
    {
        var fixture = new WriterFixture(options ?? new ArchiveOptions());
        archive?.Invoke(fixture.Archive);
        await fixture.Writer.StartAsync(Token);
        return fixture;
    }

    public static ContextIdentity Identity(string context = "hello", string session = "call") => new(
        "acme", session, context, Ordinal: 1, "voice-1", "sonic-3", "en", new AudioFormat(AudioEncoding.PcmMulaw, 8000), Start);

    public static FinishedSegment Segment(int flushId, byte[]? audio = null, string text = "spoken", SegmentEnding ending = SegmentEnding.Flush) => new(
        flushId, ending, text, [Encoding.UTF8.GetBytes(Convert.ToBase64String(audio ?? [1, 2, 3, 4]))], [], Start, Start.AddSeconds(1));

    public static ContextSummary Summary(string text = "spoken") => new(ContextOutcome.Done, text, "local", Start.AddSeconds(2));

    public ContextManifest Manifest(string context = "hello")
        => ContextManifest.FromJson(Archive[ArchiveNames.Manifest("acme", "call", 1, context)]);

    /// <summary>What was created below the contexts, without the common prefix.</summary>
    public IReadOnlyList<string> CreatedFiles()
        => [.. Archive.Created.Where(n => n.Contains("/sessions/", StringComparison.Ordinal)).Select(n => n["acme/sessions/call/0001-".Length..])];

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await Writer.StopAsync(now.Token);
        Writer.Dispose();
    }

    private sealed class ListLogger : ILogger<ArchiveWriter>
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Entries { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Entries.Enqueue((logLevel, formatter(state, exception)));
    }
}
