using TtsGrains.Archive.Usage;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>The bytes that the writer reports as stored are those that a count finds.</summary>
public sealed class ArchiveChangesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(0)]
    public async Task Stored_ThroughSpoolOrMemory_IsWhatACountFinds(long maxSpoolBytes)
    {
        await using var fixture = await WriterFixture.StartAsync(new ArchiveOptions { MaxSpoolBytes = maxSpoolBytes });
        await SpeakAsync(fixture);

        var change = Assert.Single(fixture.Changes.Take());
        Assert.Equal(("acme", await CountAsync(fixture)), (change.Key, change.Value));
        Assert.True(change.Value > 1000);
        Assert.Empty(fixture.Changes.Take());
    }

    [Fact]
    public async Task Stored_ASecondTime_IsNotReportedAgain()
    {
        await using var fixture = await WriterFixture.StartAsync();
        await SpeakAsync(fixture);
        fixture.Changes.Take();

        await SpeakAsync(fixture);

        Assert.Empty(fixture.Changes.Take());
    }

    [Fact]
    public async Task Stored_OfASessionThatIsErasedMeanwhile_IsTakenBack()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1, new byte[1000]));
        await fixture.Writer.WhenIdleAsync(Token);
        var stored = Assert.Single(fixture.Changes.Take()).Value;

        fixture.Writer.Erase("acme", "call", WriterFixture.Start);
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Equal(-stored, Assert.Single(fixture.Changes.Take()).Value);
        Assert.Equal(0, await CountAsync(fixture));
    }

    private static Task<long> CountAsync(WriterFixture fixture) => new ArchiveMeasure(fixture.Archive).MeasureAsync("acme", Token);

    private static async Task SpeakAsync(WriterFixture fixture)
    {
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        recorder.SegmentFinished(WriterFixture.Segment(1, new byte[1000]));
        recorder.ContextFinished(WriterFixture.Summary());
        await fixture.Writer.WhenIdleAsync(Token);
    }
}
