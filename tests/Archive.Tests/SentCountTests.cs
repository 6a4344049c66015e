using TtsGrains.Archive.Usage;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>What a context sent upstream is counted once, whichever processes had it and however they ended.</summary>
public sealed class SentCountTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_WithoutAFinishedSegment_IsCountedByTheNextProcess()
    {
        await using var fixture = await WriterFixture.StartAsync();
        Count(fixture, pushed: 20, sent: 12, ordinal: 1);

        Assert.Equal((1, 20, 12), await SumOfNextAsync(fixture));
    }

    [Fact]
    public async Task Killed_WithAFinishedSegment_CountsWhatWasSentAndNotWhatIsStored()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var sent = Count(fixture, pushed: 20, sent: 12, ordinal: 1);
        fixture.Writer.Begin(WriterFixture.Identity(), sent).SegmentFinished(WriterFixture.Segment(1));
        await fixture.WhenStagedAsync(Token);

        Assert.Equal((1, 20, 12), await SumOfNextAsync(fixture));
    }

    [Fact]
    public async Task Killed_BeforeThePlaceIsKnown_CountsWhatWasSent()
    {
        await using var fixture = await WriterFixture.StartAsync();
        Count(fixture, pushed: 20, sent: 12, ordinal: -1);

        Assert.Equal((0, 0, 12), await SumOfNextAsync(fixture));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_AndContinuedElsewhere_AddsToTheRecordOfTheContext(bool isContinuedFirst)
    {
        await using var fixture = await WriterFixture.StartAsync();
        Count(fixture, pushed: 20, sent: 12, ordinal: 1);
        var store = new MemoryArchive();
        var final = new ContextUsage(30, 18, 500);
        if (isContinuedFirst)
        {
            await FinishElsewhereAsync(store, final);
        }

        await StoreLeftAsync(fixture, store);
        if (!isContinuedFirst)
        {
            await FinishElsewhereAsync(store, final);
        }

        Assert.Equal((1, 30, 30), await SumAsync(store));
    }

    [Fact]
    public async Task Killed_AfterItWasFinished_IsCountedOnce()
    {
        await using var fixture = await WriterFixture.StartAsync(archive: store => store.Fault = _ => new IOException("away"));
        var sent = Count(fixture, pushed: 20, sent: 12, ordinal: 1);
        fixture.Writer.Begin(WriterFixture.Identity(), sent).ContextFinished(WriterFixture.Summary() with { Usage = new ContextUsage(20, 12, 500) });
        await fixture.WhenStagedAsync(Token);

        Assert.Equal((1, 20, 12), await SumOfNextAsync(fixture));
    }

    [Fact]
    public async Task Killed_TwiceBeforeTheStoreHasIt_IsCountedOnce()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var sent = Count(fixture, pushed: 20, sent: 12, ordinal: 1);
        fixture.Writer.Begin(WriterFixture.Identity(), sent).SegmentFinished(WriterFixture.Segment(1));
        await fixture.WhenStagedAsync(Token);
        await using var second = await fixture.LeaveBehindAsync(new MemoryArchive { Fault = _ => new IOException("away") });
        await second.WhenStagedAsync(Token);

        Assert.Equal((1, 20, 12), await SumOfNextAsync(second));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FinishedByTwoProcesses_CountsWhatEachSentHoweverOftenItIsWritten(bool isKilledFirst)
    {
        var store = new MemoryArchive();
        var (killed, other) = (new ContextUsage(30, 12, 500) { CountId = Guid.NewGuid() }, new ContextUsage(30, 18, 500) { CountId = Guid.NewGuid() });
        for (var i = 0; i < 2; i++)
        {
            await FinishElsewhereAsync(store, isKilledFirst ? killed : other);
            await FinishElsewhereAsync(store, isKilledFirst ? other : killed);
        }

        Assert.Equal((1, 30, 30), await SumAsync(store));
    }

    [Fact]
    public async Task FinishedByTwoProcesses_AndCorrected_CountsWhatEachSent()
    {
        var store = new MemoryArchive();
        var (killed, other) = (new ContextUsage(30, 12, 500) { CountId = Guid.NewGuid() }, new ContextUsage(30, 18, 500) { CountId = Guid.NewGuid() });
        await FinishElsewhereAsync(store, killed);
        await FinishElsewhereAsync(store, other);

        await new UsageLedger(store, TimeProvider.System).ReplaceAsync(RecordOf(other) with { CharactersHeard = 7 }, Token);

        Assert.Equal((1, 30, 30), await SumAsync(store));
    }

    [Fact]
    public async Task HandedOver_IsAPartOnly()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var sent = Count(fixture, pushed: 20, sent: 12, ordinal: 1);

        fixture.Writer.HandOver(sent);
        fixture.Writer.HandOver(Count(fixture, pushed: 5, sent: 0, ordinal: 2));
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Equal((0, 0, 12), await SumAsync(fixture.Archive));
        Assert.Empty(await LeftAsync(fixture));
    }

    [Fact]
    public async Task Finished_LeavesNoCount()
    {
        await using var fixture = await WriterFixture.StartAsync();
        for (var i = 0; i < 2 * SentFile.Slots; i++)
        {
            var sent = Count(fixture, pushed: 20, sent: 12, ordinal: i, context: $"{i}");
            fixture.Writer.Begin(WriterFixture.Identity($"{i}") with { IsUsageOnly = true }, sent).ContextFinished(WriterFixture.Summary("") with { Usage = new ContextUsage(20, 12, 500) });
        }

        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Empty(await LeftAsync(fixture));
    }

    [Fact]
    public async Task Counts_ThatFillAFile_AreAllKept()
    {
        const int Contexts = SentFile.Slots + 3;
        await using var fixture = await WriterFixture.StartAsync();
        for (var i = 0; i < Contexts; i++)
        {
            Count(fixture, pushed: 2, sent: 1, ordinal: i, context: $"{i}");
        }

        Assert.Equal((Contexts, 2L * Contexts, Contexts), await SumOfNextAsync(fixture));
    }

    [Fact]
    public void Slot_WithTheLongestIds_HasRoom()
    {
        var longest = new string('"', 256);
        var context = new SentContext(Guid.NewGuid(), "acme", longest, longest, "sonic-3", new string('\u0001', 256), "0123456789abcdef", WriterFixture.Start);

        Assert.InRange(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(context, SentJson.Compact.SentContext).Length, 1, SentSlot.Size - 88);
    }

    private static SentCount Count(WriterFixture fixture, int pushed, int sent, int ordinal, string context = "hello")
    {
        var count = fixture.Writer.CountSent(new SentContext(Guid.NewGuid(), "acme", "call", context, "sonic-3", "ticket", null, WriterFixture.Start));
        count.AddPushed(pushed);
        count.SetUpstream("local");
        count.AddSent(sent - 1);
        count.AddSent(1);
        count.SetOrdinal(ordinal);
        return count;
    }

    private static Task FinishElsewhereAsync(MemoryArchive store, ContextUsage usage) => new UsageLedger(store, TimeProvider.System).WriteAsync(RecordOf(usage), Token);

    private static UsageRecord RecordOf(ContextUsage usage) => new(
        "acme",
        "call",
        "hello",
        1,
        "ticket",
        "sonic-3",
        "local",
        WriterFixture.Start,
        WriterFixture.Start.AddSeconds(2),
        Grains.Interfaces.Contexts.ContextOutcome.Done,
        usage.Characters,
        usage.CharactersSynthesised,
        usage.AudioMs,
        0)
    {
        CountId = usage.CountId,
    };

    private static async Task<(int Contexts, long Pushed, long Sent)> SumAsync(MemoryArchive store)
    {
        var (contexts, pushed, sent) = (0, 0L, 0L);
        await foreach (var record in RecordsOf(store))
        {
            contexts += record.PartId is null ? 1 : 0;
            (pushed, sent) = (pushed + record.Characters, sent + record.CharactersSynthesised);
        }

        return (contexts, pushed, sent);
    }

    // What a process adds up that finds the spool of one that was killed.
    private static async Task<(int Contexts, long Pushed, long Sent)> SumOfNextAsync(WriterFixture killed)
    {
        var store = new MemoryArchive();
        await StoreLeftAsync(killed, store);
        return await SumAsync(store);
    }

    private static async Task<IReadOnlyList<UsageRecord>> LeftAsync(WriterFixture fixture)
    {
        var store = new MemoryArchive();
        await StoreLeftAsync(fixture, store);
        return await RecordsOf(store).ToListAsync(Token);
    }

    private static async Task StoreLeftAsync(WriterFixture killed, MemoryArchive store)
    {
        await using var next = await killed.LeaveBehindAsync(store);
        await next.Writer.WhenIdleAsync(Token);
    }

    private static IAsyncEnumerable<UsageRecord> RecordsOf(MemoryArchive store)
    {
        var day = DateOnly.FromDateTime(WriterFixture.Start.UtcDateTime);
        return new UsageLedger(store, TimeProvider.System).ReadAsync("acme", day, day, Token);
    }
}
