using System.Text;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Tests.Encryption;
using TtsGrains.Archive.Usage;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>Records are packed without losing one and without counting one twice, whatever is killed when.</summary>
public sealed class UsagePackerTests
{
    private readonly UsageStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Day_Packed_HasTheSameRecordsByteForByte()
    {
        await _store.WriteOldAsync(
            [
                .. Records(40),
                _store.Record("ended") with { ProcessEnded = true },
                _store.Record("part") with { ProcessEnded = true, PartId = Guid.NewGuid() },
            ]);
        var before = await _store.ReadAsync();
        var lines = string.Concat((await _store.ListAsync(".json")).Select(name => Encoding.UTF8.GetString(_store.Memory[name]) + "\n"));

        Assert.Equal(42, await _store.Packer.PackAsync(Token));

        Assert.Empty(await _store.ListAsync(".json"));
        Assert.Equal(lines, Encoding.UTF8.GetString(_store.Memory[Assert.Single(await _store.ListAsync(".jsonl"))]));
        Assert.Equal(before, await _store.ReadAsync());
    }

    [Fact]
    public async Task Day_WithMoreThanAPackHolds_HasSeveral()
    {
        await _store.WriteOldAsync(Records(UsagePack.MaxRecords + 3));

        Assert.Equal(UsagePack.MaxRecords + 3, await _store.Packer.PackAsync(Token));

        Assert.Equal(2, (await _store.ListAsync(".jsonl")).Count);
        Assert.Equal(UsagePack.MaxRecords + 3, (await _store.ReadAsync()).Count);
    }

    [Fact]
    public async Task Day_OverForLessThanTheAge_StaysLoose()
    {
        await _store.WriteOldAsync(Records(3));
        var time = new FakeTimeProvider(UsageStore.IsOld.AddTicks(-1));

        Assert.Equal(0, await new UsagePacker(_store.Memory, time, "acme").PackAsync(Token));
        Assert.Equal(3, await _store.Packer.PackAsync(Token));
    }

    [Fact]
    public async Task OneRecord_StaysLooseAndIsNotRead()
    {
        await _store.WriteOldAsync(_store.Record());
        _store.Memory.ReadFault = name => new IOException(name);

        Assert.Equal(0, await _store.Packer.PackAsync(Token));
    }

    [Fact]
    public async Task Records_YoungerThanTheAge_StayUntilTheyAreOld()
    {
        var young = Records(3).Select(record => record with { ContextId = $"late {record.ContextId}", FinishedAt = UsageStore.IsOld.AddHours(-5) });
        await _store.WriteOldAsync([.. Records(4), .. young]);
        var before = await _store.ReadAsync();

        Assert.Equal(4, await _store.Packer.PackAsync(Token));
        Assert.Equal(3, (await _store.ListAsync(".json")).Count);
        Assert.Equal(before, await _store.ReadAsync());

        _store.Memory.ReadFault = name => new IOException(name);
        _store.Time.Advance(TimeSpan.FromHours(19) - TimeSpan.FromTicks(1));
        Assert.Equal(0, await _store.Packer.PackAsync(Token));

        _store.Memory.ReadFault = _ => null;
        _store.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(3, await _store.Packer.PackAsync(Token));
        Assert.Equal(before, await _store.ReadAsync());
    }

    [Fact]
    public async Task Packer_KilledBeforeItRemoves_CountsOnceAndTheNextPassWritesNoSecondPack()
    {
        await _store.WriteOldAsync(Records(20));
        var before = await _store.ReadAsync();
        _store.Memory.DeleteFault = name => new IOException(name);

        await Assert.ThrowsAsync<IOException>(() => _store.Packer.PackAsync(Token));
        Assert.Equal((20, 1), ((await _store.ListAsync(".json")).Count, (await _store.ListAsync(".jsonl")).Count));
        Assert.Equal(before, await _store.ReadAsync());

        _store.Memory.DeleteFault = _ => null;
        _store.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(20, await _store.CreatePacker().PackAsync(Token));
        Assert.Equal((0, 1), ((await _store.ListAsync(".json")).Count, (await _store.ListAsync(".jsonl")).Count));
        Assert.Equal(before, await _store.ReadAsync());
    }

    [Fact]
    public async Task Packer_KilledWhileItRemoves_CountsOnce()
    {
        await _store.WriteOldAsync(Records(50));
        var before = await _store.ReadAsync();
        var removed = 0;
        _store.Memory.DeleteFault = name => Interlocked.Increment(ref removed) > 20 ? new IOException(name) : null;

        await Assert.ThrowsAsync<IOException>(() => _store.Packer.PackAsync(Token));
        Assert.Equal(before, await _store.ReadAsync());

        _store.Memory.DeleteFault = _ => null;
        await _store.CreatePacker().PackAsync(Token);
        Assert.Empty(await _store.ListAsync(".json"));
        Assert.Equal(before, await _store.ReadAsync());
    }

    [Fact]
    public async Task Packers_AtOnce_CountOnce()
    {
        await _store.WriteOldAsync(Records(20));
        var before = await _store.ReadAsync();
        var (isWriting, mayWrite, packs) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        _store.Memory.Gate = (_, _) =>
        {
            if (Interlocked.Increment(ref packs) > 1)
            {
                return Task.CompletedTask;
            }

            isWriting.SetResult();
            return mayWrite.Task;
        };

        var first = _store.Packer.PackAsync(Token);
        await isWriting.Task;
        _store.Time.Advance(TimeSpan.FromSeconds(1));
        await _store.CreatePacker().PackAsync(Token);
        mayWrite.SetResult();
        await first;

        Assert.Equal((0, 2), ((await _store.ListAsync(".json")).Count, (await _store.ListAsync(".jsonl")).Count));
        Assert.Equal(before, await _store.ReadAsync());
    }

    [Fact]
    public async Task Record_ReplacedBetweenReadAndRemoval_IsKeptAndCountsOnce()
    {
        var ended = _store.Record() with { ProcessEnded = true, Characters = 1, CharactersSynthesised = 1 };
        await _store.WriteOldAsync(ended, _store.Record("beside"));
        var name = UsageNames.Of(ended);
        _store.Memory.DeleteFault = removed =>
        {
            if (removed == name)
            {
                _store.Memory[name] = Encoding.UTF8.GetBytes(UsageStore.ToJson(_store.Record()));
            }

            return null;
        };

        await _store.Packer.PackAsync(Token);

        Assert.Equal([name], await _store.ListAsync(".json"));
        Assert.Equal((6, 5), await _store.SumAsync());
    }

    [Fact]
    public async Task Correction_OfAPackedRecord_CountsAlsoWhenItIsPacked()
    {
        await _store.PackAsync(_store.Record());
        await _store.Ledger.ReplaceAsync(_store.Record() with { Characters = 7 }, Token);
        await _store.Ledger.WriteAsync(_store.Record("other") with { Characters = 100 }, Token);
        Assert.Equal((107, 10), await _store.SumAsync());

        _store.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, await _store.Packer.PackAsync(Token));

        Assert.Equal((107, 10), await _store.SumAsync());
    }

    [Fact]
    public async Task Pass_OverPackedDays_ReadsNothing()
    {
        await _store.PackAsync(_store.Record());
        _store.Memory.ReadFault = name => new IOException(name);

        Assert.Equal(0, await _store.Packer.PackAsync(Token));
        Assert.Equal(0, await _store.CreatePacker().PackAsync(Token));
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(7, false)]
    public async Task Pass_OverAPackedDay_ListsItForAWeek(int days, bool isListed)
    {
        var lists = new ListFault(_store.Memory);
        var packer = new UsagePacker(lists, _store.Time, "acme");
        await _store.PackAsync(_store.Record());
        _store.Time.Advance(TimeSpan.FromDays(days));
        Assert.Equal(0, await packer.PackAsync(Token));

        lists.Fault = new IOException("listed");

        Assert.Equal(isListed, await Record.ExceptionAsync(() => packer.PackAsync(Token)) is IOException);
    }

    [Fact]
    public async Task Record_LateForAnOldDay_StaysLooseAndCounts()
    {
        await _store.PackAsync(_store.Record());
        _store.Time.Advance(TimeSpan.FromDays(30));
        await _store.Packer.PackAsync(Token);
        await _store.Ledger.WriteAsync(_store.Record("late"), Token);
        await _store.Ledger.WriteAsync(_store.Record("later"), Token);

        Assert.Equal(0, await _store.Packer.PackAsync(Token));

        Assert.Equal(2, (await _store.ListAsync(".json")).Count);
        Assert.Equal((18, 15), await _store.SumAsync());
    }

    [Fact]
    public async Task UnreadableRecord_StaysAndDoesNotHoldUpOthers()
    {
        await _store.WriteOldAsync(Records(3));
        var name = ArchiveNames.UsagePrefix("acme", UsageStore.Day) + "0.json";
        _store.Memory[name] = "{"u8.ToArray();

        Assert.Equal(3, await _store.Packer.PackAsync(Token));

        Assert.Equal([name], await _store.ListAsync(".json"));
    }

    [Fact]
    public async Task Tenants_WithUsage_AreListed()
    {
        await _store.WriteOldAsync(_store.Record() with { Tenant = "a/b" });
        _store.Memory["keys/1"] = [];

        Assert.Equal(["a/b"], await new UsageTenants(_store.Memory).ListAsync(Token).ToListAsync(Token));
    }

    private IEnumerable<UsageRecord> Records(int count) => Enumerable.Range(0, count).Select(i => _store.Record($"{i}"));
}
