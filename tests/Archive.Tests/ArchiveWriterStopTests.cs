using Microsoft.Extensions.Logging;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>What the writer stores before its host stops, and what it says of the rest.</summary>
public sealed class ArchiveWriterStopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_WorkPending_IsStoredFirst()
    {
        var open = new TaskCompletionSource();
        await using var fixture = await WriterFixture.StartAsync(archive: a => a.Gate = (_, token) => open.Task.WaitAsync(token));
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1));

        var stop = fixture.Writer.StopAsync(Token);
        recorder.ContextFinished(WriterFixture.Summary());
        open.SetResult();
        await stop;

        Assert.Equal(["hello/1.wav", "hello/manifest.json"], fixture.CreatedFiles());
        Assert.Empty(fixture.Log);
    }

    [Fact]
    public async Task Stop_StoreHangs_EndsInTimeAndCountsWhatIsLeft()
    {
        var options = new ArchiveOptions { DrainTimeout = TimeSpan.FromSeconds(20) };
        await using var fixture = await WriterFixture.StartAsync(options, a => a.Gate = (_, token) => Task.Delay(Timeout.Infinite, token));
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1));

        var stop = fixture.Writer.StopAsync(Token);
        await fixture.Time.WhenTimerAsync(d => d == options.DrainTimeout, Token);
        fixture.Time.Advance(options.DrainTimeout);
        await stop;
        recorder.SegmentFinished(WriterFixture.Segment(2));

        Assert.Contains(fixture.Log, e => e.Level == LogLevel.Warning && e.Text.Contains("1 segments and 0 manifests in the spool", StringComparison.Ordinal));
        Assert.Equal(["00000001.1.wav", "00000001.context"], fixture.SpooledFiles());
        Assert.Equal(1, fixture.Writer.Backlog.LostSegments);
    }

    [Fact]
    public async Task Stop_StoreHangsAndNoSpool_CountsWhatIsLost()
    {
        var options = new ArchiveOptions { DrainTimeout = TimeSpan.FromSeconds(20), MaxSpoolBytes = 0 };
        await using var fixture = await WriterFixture.StartAsync(options, a => a.Gate = (_, token) => Task.Delay(Timeout.Infinite, token));
        fixture.Writer.Begin(WriterFixture.Identity()).SegmentFinished(WriterFixture.Segment(1));

        var stop = fixture.Writer.StopAsync(Token);
        await fixture.Time.WhenTimerAsync(d => d == options.DrainTimeout, Token);
        fixture.Time.Advance(options.DrainTimeout);
        await stop;

        Assert.Contains(fixture.Log, e => e.Level == LogLevel.Error && e.Text.Contains("Stopped with 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_StoreFailsAndAllIsOnDisk_DoesNotWait()
    {
        await using var fixture = await WriterFixture.StartAsync(archive: a => a.Fault = _ => new IOException("away"));
        fixture.Writer.Begin(WriterFixture.Identity()).SegmentFinished(WriterFixture.Segment(1));
        await fixture.Time.WhenTimerAsync(_ => true, Token);

        await fixture.Writer.StopAsync(Token);

        Assert.Equal(["00000001.1.wav", "00000001.context"], fixture.SpooledFiles());
    }
}
