using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Writing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>What the writer does when the store fails, is slow or full.</summary>
public sealed class ArchiveWriterFailureTests
{
    private const string SecretText = "my card number is 4111";

    private static readonly ArchiveOptions OneAtATime = new() { Parallelism = 1 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_StoreFailsTwice_IsTriedAgainWithGrowingDelays()
    {
        var failures = 2;
        await using var fixture = await WriterFixture.StartAsync(archive: a => a.Fault = name => IsSegment(name) && failures-- > 0 ? new IOException("away") : null);

        fixture.Writer.Begin(WriterFixture.Identity()).SegmentFinished(WriterFixture.Segment(1));

        await fixture.Time.WhenTimerAsync(d => d > TimeSpan.FromSeconds(0.24) && d <= TimeSpan.FromSeconds(0.5), Token);
        fixture.Time.Advance(TimeSpan.FromSeconds(0.5));
        await fixture.Time.WhenTimerAsync(d => d >= TimeSpan.FromSeconds(0.5) && d <= TimeSpan.FromSeconds(1), Token);
        Assert.Empty(fixture.CreatedFiles());
        Assert.Equal(1, fixture.Writer.Backlog.Segments);

        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Equal(["hello/1.wav"], fixture.CreatedFiles());
        Assert.Equal(
            [LogLevel.Warning, LogLevel.Information],
            fixture.Log.Select(e => e.Level));
    }

    [Fact]
    public async Task Write_FailureBetween_KeepsTheOrderOfTheContext()
    {
        var failed = false;
        await using var fixture = await WriterFixture.StartAsync(archive: a => a.Fault = name =>
        {
            var fails = name.EndsWith("/2.wav", StringComparison.Ordinal) && !failed;
            failed |= fails;
            return fails ? new IOException("away") : null;
        });
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.SegmentFinished(WriterFixture.Segment(2));
        recorder.SegmentFinished(WriterFixture.Segment(3));
        recorder.ContextFinished(WriterFixture.Summary());
        await RunTimeUntilIdleAsync(fixture);

        Assert.Equal(["hello/1.wav", "hello/2.wav", "hello/3.wav", "hello/manifest.json"], fixture.CreatedFiles());
        Assert.Equal([1, 2, 3], fixture.Manifest().Segments.Select(s => s.FlushId));
    }

    [Fact]
    public async Task Write_StoreIsGoneOnceItHasTheFile_IsFinishedWithTheNextTry()
    {
        var looks = 0;
        await using var fixture = await WriterFixture.StartAsync(
            new ArchiveOptions { IsShared = true }, a => a.ReadFault = _ => ++looks == 1 ? new IOException("away") : null);
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.SegmentFinished(WriterFixture.Segment(2));
        recorder.ContextFinished(WriterFixture.Summary());
        await RunTimeUntilIdleAsync(fixture);

        Assert.True(looks > 1);
        Assert.Equal(["hello/1.wav", "hello/2.wav", "hello/manifest.json"], fixture.CreatedFiles());
        Assert.Equal([1, 2], fixture.Manifest().Segments.Select(s => s.FlushId));
        Assert.Empty(fixture.SpooledFiles());
    }

    [Fact]
    public async Task Write_OneContextKeepsFailing_OthersAreStored()
    {
        await using var fixture = await WriterFixture.StartAsync(
            OneAtATime, a => a.Fault = name => name.Contains("-bad/", StringComparison.Ordinal) ? new IOException("away") : null);

        fixture.Writer.Begin(WriterFixture.Identity("bad")).SegmentFinished(WriterFixture.Segment(1));
        await fixture.Time.WhenTimerAsync(_ => true, Token);
        var good = fixture.Writer.Begin(WriterFixture.Identity("good"));
        var stored = new TaskCompletionSource();
        fixture.Archive.Gate = (name, _) =>
        {
            if (name.EndsWith("-good/manifest.json", StringComparison.Ordinal))
            {
                stored.SetResult();
            }

            return Task.CompletedTask;
        };
        good.SegmentFinished(WriterFixture.Segment(1));
        good.ContextFinished(WriterFixture.Summary());

        await stored.Task.WaitAsync(Token);
        Assert.Contains("good/1.wav", fixture.CreatedFiles());
    }

    [Fact]
    public async Task Write_ConfirmationLost_IsStoredOnceAndVouchedFor()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1));
        await fixture.Writer.WhenIdleAsync(Token);

        // The same context again, as after a crash between the store's write and our hearing of it.
        var again = fixture.Writer.Begin(WriterFixture.Identity());
        again.SegmentFinished(WriterFixture.Segment(1));
        again.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Equal(["hello/1.wav", "hello/manifest.json"], fixture.CreatedFiles());
        Assert.Equal("1.wav", Assert.Single(fixture.Manifest().Segments).File);
    }

    [Fact]
    public async Task Start_StoreNotReady_IsMadeReadyWithTheFirstWrite()
    {
        var away = 2;
        await using var fixture = await WriterFixture.StartAsync(archive: a => a.PrepareFault = () => away-- > 0 ? new IOException("away") : null);

        fixture.Writer.Begin(WriterFixture.Identity()).SegmentFinished(WriterFixture.Segment(1));
        await RunTimeUntilIdleAsync(fixture);

        Assert.Equal(["hello/1.wav"], fixture.CreatedFiles());
    }

    [Fact]
    public async Task SegmentFinished_BeyondTheBound_LosesTheNewestAndSaysSo()
    {
        var open = new TaskCompletionSource();
        await using var fixture = await WriterFixture.StartAsync(
            new ArchiveOptions { MaxPendingBytes = 10_000, MaxSpoolBytes = 0 }, a => a.Gate = (_, token) => open.Task.WaitAsync(token));
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());

        recorder.SegmentFinished(WriterFixture.Segment(1, new byte[6000]));
        recorder.SegmentFinished(WriterFixture.Segment(2, new byte[6000], SecretText));
        recorder.SegmentFinished(WriterFixture.Segment(3, new byte[60]));
        var backlog = fixture.Writer.Backlog;
        open.SetResult();
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Equal((2, 1L), (backlog.Segments, backlog.LostSegments));
        Assert.InRange(backlog.Bytes, 8000, 10_000);
        Assert.Equal([null, LostReason.BacklogFull, null], fixture.Manifest().Segments.Select(s => s.Lost));
        Assert.Equal(["1.wav", null, "3.wav"], fixture.Manifest().Segments.Select(s => s.File));
        var logged = Assert.Single(fixture.Log);
        Assert.Equal(LogLevel.Error, logged.Level);
        Assert.Contains("Segment 2 of acme/call/hello", logged.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretText, logged.Text, StringComparison.Ordinal);
    }

    /// <summary>What has failed for long, and would wait half a minute for its next try, goes with the first that the store takes.</summary>
    [Fact]
    public async Task OutageOver_NothingWaitsForItsNextTry()
    {
        var isAway = true;
        await using var fixture = await WriterFixture.StartAsync(archive: a => a.Fault = _ => isAway ? new IOException("away") : null);
        fixture.Writer.Begin(WriterFixture.Identity("old")).SegmentFinished(WriterFixture.Segment(1));
        for (var delay = TimeSpan.FromSeconds(0.5); delay <= TimeSpan.FromSeconds(16); delay *= 2)
        {
            await fixture.Time.WhenTimerAsync(d => d >= delay / 2 && d <= delay, Token);
            fixture.Time.Advance(delay);
        }

        await fixture.Time.WhenTimerAsync(d => d >= TimeSpan.FromSeconds(15), Token);
        isAway = false;
        fixture.Writer.Begin(WriterFixture.Identity("new")).SegmentFinished(WriterFixture.Segment(1));

        await fixture.Writer.WhenIdleAsync(Token);
        Assert.Equal(["new/1.wav", "old/1.wav"], fixture.CreatedFiles().Order());
    }

    [Fact]
    public async Task Backlog_StoreHangs_TellsTheAgeOfTheOldest()
    {
        await using var fixture = await WriterFixture.StartAsync(archive: a => a.Gate = (_, token) => Task.Delay(Timeout.Infinite, token));
        Assert.Equal(default, fixture.Writer.Backlog);

        fixture.Writer.Begin(WriterFixture.Identity("a")).SegmentFinished(WriterFixture.Segment(1));
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        fixture.Writer.Begin(WriterFixture.Identity("b")).ContextFinished(WriterFixture.Summary());
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        var backlog = fixture.Writer.Backlog;
        Assert.Equal((1, 1), (backlog.Segments, backlog.Manifests));
        Assert.Equal(7, backlog.OldestAge.TotalSeconds, tolerance: 0.001);
    }

    [Fact]
    public async Task Write_ManyContexts_AsManyAtOnceAsAllowed()
    {
        var twoWriting = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        var arrived = 0;
        await using var fixture = await WriterFixture.StartAsync(new ArchiveOptions { Parallelism = 2 }, a => a.Gate = (_, token) =>
        {
            if (Interlocked.Increment(ref arrived) == 2)
            {
                twoWriting.SetResult();
            }

            return open.Task.WaitAsync(token);
        });

        foreach (var context in Enumerable.Range(0, 6))
        {
            fixture.Writer.Begin(WriterFixture.Identity($"c{context}")).SegmentFinished(WriterFixture.Segment(1));
        }

        await twoWriting.Task.WaitAsync(Token);
        open.SetResult();
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Equal(2, fixture.Archive.MostWritingAtOnce);
        Assert.Equal(6, fixture.CreatedFiles().Count);
    }

    private static bool IsSegment(string name) => name.EndsWith(".wav", StringComparison.Ordinal);

    // Whenever the writer waits for its next try, the clock moves on.
    private static async Task RunTimeUntilIdleAsync(WriterFixture fixture)
    {
        var idle = fixture.Writer.WhenIdleAsync(Token);
        while (await Task.WhenAny(idle, fixture.Time.WhenTimerAsync(_ => true, Token)) != idle)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(30));
        }

        await idle;
    }
}
