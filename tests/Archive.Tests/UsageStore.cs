using System.Text.Json;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>Usage records of one tenant and day, with the store and the time in the test's hands.</summary>
internal sealed class UsageStore
{
    public static readonly DateOnly Day = new(2026, 3, 4);

    /// <summary>From this time, records of the day are packed.</summary>
    public static readonly DateTimeOffset IsOld = new(2026, 3, 6, 0, 0, 0, TimeSpan.Zero);

    private readonly ISegmentArchive _store;

    /// <param name="store">The store; <see cref="Memory"/> if null.</param>
    public UsageStore(ISegmentArchive? store = null)
    {
        _store = store ?? Memory;
        Ledger = new UsageLedger(_store, Time);
        Packer = CreatePacker();
    }

    public MemoryArchive Memory { get; } = new();

    public FakeTimeProvider Time { get; } = new(WriterFixture.Start);

    public UsageLedger Ledger { get; }

    public UsagePacker Packer { get; }

    /// <summary>The tenant's id.</summary>
    public string Tenant { get; init; } = "acme";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public UsagePacker CreatePacker() => new(_store, Time, Tenant);

    public UsageRecord Record(string context = "hello") => new(
        Tenant, "call", context, 1, "Bücher\n", "sonic-3", "local", WriterFixture.Start, WriterFixture.Start.AddSeconds(2), ContextOutcome.Done, 6, 5, 500.25, 8_000)
    {
        CountId = new Guid("11111111-1111-1111-1111-111111111111"),
    };

    /// <summary>Writes records while the day lasts, and moves the time on until they are old.</summary>
    public async Task WriteOldAsync(params IEnumerable<UsageRecord> records)
    {
        foreach (var record in records)
        {
            await Ledger.WriteAsync(record, Token);
        }

        Time.Advance(IsOld - Time.GetUtcNow());
    }

    /// <summary>Writes records and packs them.</summary>
    public async Task PackAsync(params UsageRecord[] records)
    {
        await WriteOldAsync([Record("beside"), .. records]);
        await Packer.PackAsync(Token);
        Assert.Empty(await ListAsync(".json"));
    }

    /// <summary>Reads the day's records, as JSON in ordinal order.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync()
        => [.. (await Ledger.ReadAsync(Tenant, Day, Day, Token).ToListAsync(Token)).Select(ToJson).Order(StringComparer.Ordinal)];

    /// <summary>Adds the day's characters up, without those of <see cref="PackAsync"/>'s own record.</summary>
    public async Task<(long Pushed, long Sent)> SumAsync()
    {
        var records = await Ledger.ReadAsync(Tenant, Day, Day, Token).Where(record => record.ContextId != "beside").ToListAsync(Token);
        return (records.Sum(record => record.Characters), records.Sum(record => record.CharactersSynthesised));
    }

    /// <summary>Lists the names that end so.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string end)
        => await _store.ListAsync(ArchiveNames.UsagePrefix(Tenant, Day), Token).Select(stored => stored.Name).Where(name => name.EndsWith(end, StringComparison.Ordinal)).ToListAsync(Token);

    public static string ToJson(UsageRecord record) => JsonSerializer.Serialize(record, UsageJson.Default.UsageRecord);
}
