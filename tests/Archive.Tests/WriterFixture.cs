using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>A running writer over a <see cref="MemoryArchive"/>, with time and log in the test's hands.</summary>
internal sealed class WriterFixture : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(2));

    private readonly ListLogger _logger = new();

    private WriterFixture(ArchiveOptions options, MemoryArchive archive, DirectoryInfo spool, ArchiveCipher? cipher = null)
    {
        (Archive, Spool) = (archive, spool);
        options.SpoolPath = spool.FullName;
        Cipher = cipher;
        Writer = cipher is null
            ? new ArchiveWriter(archive, cipher: null, Options.Create(options), Time, _logger, instruments: null, Changes)
            : new ArchiveWriter(new EncryptedArchive(archive, cipher), cipher, Options.Create(options), Time, _logger, instruments: null, Changes);
    }

    public MemoryArchive Archive { get; }

    /// <summary>Encrypts what is written; null: nothing does.</summary>
    public ArchiveCipher? Cipher { get; }

    /// <summary>What the writer stored, by tenant.</summary>
    public ArchiveChanges Changes { get; } = new();

    public DirectoryInfo Spool { get; }

    /// <summary>The files of contexts and segments that lie in the spool.</summary>
    public IReadOnlyList<string> SpooledFiles()
        => [.. Spool.EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.Extension != ".lock" && !f.Name.StartsWith("sent.", StringComparison.Ordinal)).Select(f => f.Name).Order(StringComparer.Ordinal)];

    public FakeTimeProvider Time { get; } = new(Start);

    public ArchiveWriter Writer { get; }

    /// <summary>Level and text of what was logged.</summary>
    public IReadOnlyList<(LogLevel Level, string Text)> Log => [.. _logger.Entries];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<WriterFixture> StartAsync(ArchiveOptions? options = null, Action<MemoryArchive>? archive = null, ArchiveCipher? cipher = null)
    {
        var fixture = new WriterFixture(options ?? new ArchiveOptions(), new MemoryArchive(), Directory.CreateTempSubdirectory("spool-"), cipher);
        archive?.Invoke(fixture.Archive);
        await fixture.Writer.StartAsync(Token);
        return fixture;
    }

    /// <summary>A further process: another writer on a spool, perhaps one that this test's earlier process left behind.</summary>
    public static async Task<WriterFixture> StartOnAsync(DirectoryInfo spool, MemoryArchive archive, ArchiveCipher? cipher = null)
    {
        var fixture = new WriterFixture(new ArchiveOptions(), archive, spool, cipher);
        await fixture.Writer.StartAsync(Token);
        return fixture;
    }

    /// <summary>Completes when everything handed over so far lies on disk, or in memory for want of room there.</summary>
    public Task WhenStagedAsync(CancellationToken cancellationToken) => Writer.WhenStagedAsync(cancellationToken);

    /// <summary>The disk as a process that is killed right now would leave it, and a process that starts on it.</summary>
    /// <param name="archive">The store of the new process.</param>
    /// <param name="change">What else befell the folder.</param>
    /// <param name="cipher">The encryption of the new process; null: as of this one.</param>
    public Task<WriterFixture> LeaveBehindAsync(MemoryArchive archive, Action<string>? change = null, ArchiveCipher? cipher = null)
    {
        var copy = Directory.CreateTempSubdirectory("spool-");
        foreach (var folder in Spool.EnumerateDirectories())
        {
            var to = copy.CreateSubdirectory(folder.Name).FullName;
            File.WriteAllText(to + ".lock", "");
            foreach (var file in folder.EnumerateFiles())
            {
                try
                {
                    file.CopyTo(Path.Combine(to, file.Name));
                }
                catch (FileNotFoundException)
                {
                    // The writer runs meanwhile, and has stored and removed it.
                }
            }

            change?.Invoke(to);
        }

        return StartOnAsync(copy, archive, cipher ?? Cipher);
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
        await Writer.ExecuteTask!.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Writer.Dispose();
        if (Spool.Exists)
        {
            Spool.Delete(recursive: true);
        }
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
