using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces.Contexts;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>Each ended context is counted once.</summary>
public sealed class UsageLedgerTests
{
    private static readonly DateOnly Day = new(2026, 3, 4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Record_WrittenTwice_IsOne()
    {
        var ledger = new UsageLedger(new MemoryArchive(), TimeProvider.System);

        await ledger.WriteAsync(Record(), Token);
        await ledger.WriteAsync(Record(), Token);

        Assert.Equal([Record()], await ReadAsync(ledger));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Record_OfTheProcessThatFinishedIt_CountsInEitherOrder(bool isFirst)
    {
        var ledger = new UsageLedger(new MemoryArchive(), TimeProvider.System);
        var ended = Record() with { Characters = 3, ProcessEnded = true };

        await ledger.WriteAsync(isFirst ? Record() : ended, Token);
        await ledger.WriteAsync(isFirst ? ended : Record(), Token);

        Assert.Equal([Record()], await ReadAsync(ledger));
    }

    [Fact]
    public async Task Record_OfASessionBegunAnew_IsAnother()
    {
        var ledger = new UsageLedger(new MemoryArchive(), TimeProvider.System);

        await ledger.WriteAsync(Record(), Token);
        await ledger.WriteAsync(Record() with { StartedAt = Record().StartedAt.AddSeconds(1) }, Token);

        Assert.Equal(2, (await ReadAsync(ledger)).Count);
    }

    [Theory]
    [InlineData("2026-03-04T00:00:00Z", true)]
    [InlineData("2026-03-04T23:59:59.9999999Z", true)]
    [InlineData("2026-03-05T01:59:59+02:00", true)]
    [InlineData("2026-03-05T00:00:00Z", false)]
    [InlineData("2026-03-04T01:59:59+02:00", false)]
    public async Task Record_BelongsToTheUtcDayOfItsStart(string startedAt, bool isOfDay)
    {
        var ledger = new UsageLedger(new MemoryArchive(), TimeProvider.System);

        await ledger.WriteAsync(Record() with { StartedAt = DateTimeOffset.Parse(startedAt, System.Globalization.CultureInfo.InvariantCulture) }, Token);

        Assert.Equal(isOfDay ? 1 : 0, (await ReadAsync(ledger)).Count);
    }

    [Fact]
    public async Task Context_OfAnErasedSession_KeepsItsNumbersOnly()
    {
        await using var fixture = await WriterFixture.StartAsync();
        var recorder = fixture.Writer.Begin(WriterFixture.Identity());
        fixture.Writer.Erase("acme", "call", WriterFixture.Start.AddHours(1));

        recorder.SegmentFinished(WriterFixture.Segment(1));
        recorder.ContextFinished(WriterFixture.Summary("secret") with { Usage = new ContextUsage(6, 12, 500) });
        await fixture.Writer.WhenIdleAsync(Token);

        var record = Assert.Single(await ReadAsync(new UsageLedger(fixture.Archive, TimeProvider.System)));
        Assert.Equal((6, 12, 500), (record.Characters, record.CharactersSynthesised, record.AudioMs));
        Assert.All(fixture.Archive.Created, name => Assert.StartsWith("acme/usage/", name, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", System.Text.Encoding.UTF8.GetString(fixture.Archive[Assert.Single(fixture.Archive.Created)]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Context_ThatIsNotArchived_HasARecordAndNothingElse()
    {
        await using var fixture = await WriterFixture.StartAsync();

        fixture.Writer.Begin(WriterFixture.Identity() with { IsUsageOnly = true }).ContextFinished(WriterFixture.Summary("") with { Usage = new ContextUsage(6, 6, 500) });
        await fixture.Writer.WhenIdleAsync(Token);

        Assert.Single(await ReadAsync(new UsageLedger(fixture.Archive, TimeProvider.System)));
        Assert.Single(fixture.Archive.Created);
        Assert.Empty(fixture.SpooledFiles());
    }

    [Fact]
    public async Task Context_WhoseProcessIsKilledBeforeTheStoreHasIt_IsCountedByTheNext()
    {
        await using var fixture = await WriterFixture.StartAsync(archive: store => store.Fault = _ => new IOException("away"));
        fixture.Writer.Begin(WriterFixture.Identity()).ContextFinished(WriterFixture.Summary() with { Usage = new ContextUsage(6, 12, 500) });
        await fixture.WhenStagedAsync(Token);

        var store = new MemoryArchive();
        await using var next = await fixture.LeaveBehindAsync(store);
        await next.Writer.WhenIdleAsync(Token);

        Assert.Equal(12, Assert.Single(await ReadAsync(new UsageLedger(store, TimeProvider.System))).CharactersSynthesised);
    }

    [Fact]
    public async Task AnotherTenant_SeesNothing()
    {
        var ledger = new UsageLedger(new MemoryArchive(), TimeProvider.System);
        await ledger.WriteAsync(Record(), Token);

        Assert.Empty(await ReadAsync(ledger, "bolt"));
    }

    private static UsageRecord Record() => new(
        "acme", "call", "hello", 1, "ticket", "sonic-3", "local", WriterFixture.Start, WriterFixture.Start.AddSeconds(2), ContextOutcome.Done, 6, 6, 500, 8_000);

    private static async Task<List<UsageRecord>> ReadAsync(UsageLedger ledger, string tenant = "acme")
    {
        var records = new List<UsageRecord>();
        await foreach (var record in ledger.ReadAsync(tenant, Day, Day, Token))
        {
            records.Add(record);
        }

        return records;
    }
}
