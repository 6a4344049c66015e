using System.Text.Json;
using TtsGrains.Archive.Stores;
using TtsGrains.Archive.Tests.Encryption;
using TtsGrains.Archive.Usage;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>The rules of <see cref="UsageLedger"/> hold also for records that are in a pack.</summary>
public sealed class UsageLedgerPackTests
{
    private readonly UsageStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private UsageRecord Ended => _store.Record() with { ProcessEnded = true, Characters = 3, CharactersSynthesised = 2, CountId = null };

    private UsageRecord OfAnotherProcess => _store.Record() with { CountId = Guid.NewGuid(), CharactersSynthesised = 40 };

    [Fact]
    public async Task FinalRecord_OfAPackedOneWithTheSameCount_ChangesNothing()
    {
        await _store.PackAsync(_store.Record());

        await _store.Ledger.WriteAsync(_store.Record() with { Characters = 9 }, Token);

        Assert.Empty(await _store.ListAsync(".json"));
        Assert.Equal((6, 5), await _store.SumAsync());
    }

    [Fact]
    public async Task FinalRecord_OfAPackedOneWithAnotherCount_AddsWhatItSentOnce()
    {
        await _store.PackAsync(_store.Record());
        var (other, third) = (OfAnotherProcess, OfAnotherProcess);

        await _store.Ledger.WriteAsync(other, Token);
        await _store.Ledger.WriteAsync(other, Token);
        await _store.Ledger.WriteAsync(third, Token);
        Assert.Equal((6, 85), await _store.SumAsync());

        await _store.Packer.PackAsync(Token);
        await _store.Ledger.WriteAsync(other, Token);
        Assert.Empty(await _store.ListAsync(".json"));
        Assert.Equal((6, 85), await _store.SumAsync());
    }

    [Fact]
    public async Task EndedRecord_OfAPackedFinalOne_ChangesNothing()
    {
        await _store.PackAsync(_store.Record());

        await _store.Ledger.WriteAsync(Ended, Token);

        Assert.Empty(await _store.ListAsync(".json"));
        Assert.Equal((6, 5), await _store.SumAsync());
    }

    [Fact]
    public async Task FinalRecord_OfAPackedEndedOne_ReplacesItAlsoWhenItIsPacked()
    {
        await _store.PackAsync(Ended);
        Assert.Equal((3, 2), await _store.SumAsync());

        await _store.Ledger.WriteAsync(_store.Record(), Token);
        await _store.Ledger.WriteAsync(_store.Record("other"), Token);
        Assert.Equal((12, 10), await _store.SumAsync());

        await _store.Packer.PackAsync(Token);
        await _store.Ledger.WriteAsync(Ended, Token);
        Assert.Equal((12, 10), await _store.SumAsync());
    }

    [Fact]
    public async Task EndedRecord_Loose_CountsNotBesideAPackedFinalOne()
    {
        await _store.PackAsync(_store.Record());
        _store.Memory[UsageNames.Of(Ended)] = JsonSerializer.SerializeToUtf8Bytes(Ended, UsageJson.Default.UsageRecord);

        Assert.Equal((6, 5), await _store.SumAsync());
        await _store.Ledger.WriteAsync(OfAnotherProcess, Token);
        Assert.Equal((6, 45), await _store.SumAsync());

        _store.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, await _store.Packer.PackAsync(Token));
        await _store.Ledger.WriteAsync(OfAnotherProcess, Token);
        Assert.Equal((6, 85), await _store.SumAsync());
    }

    [Fact]
    public async Task Correction_OfAPackedRecord_KeepsWhatAnotherProcessSent()
    {
        await _store.PackAsync(_store.Record());
        var other = OfAnotherProcess;
        await _store.Ledger.WriteAsync(other, Token);

        await _store.Ledger.ReplaceAsync(other with { Characters = 7 }, Token);

        Assert.Equal((7, 45), await _store.SumAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FinalRecord_WhoseFirstIsPackedMeanwhile_AddsWhatItSentOnce(bool isCutShort)
    {
        await _store.WriteOldAsync(_store.Record(), _store.Record("beside"));
        var (other, isPacked) = (OfAnotherProcess, false);
        _store.Memory.Gate = async (name, token) =>
        {
            if (name == UsageNames.Of(other) && !isPacked)
            {
                isPacked = true;
                await _store.Packer.PackAsync(token);
            }
        };
        _store.Memory.Fault = name => isCutShort && name.EndsWith(".part.json", StringComparison.Ordinal) ? new IOException("away") : null;
        var first = await Record.ExceptionAsync(() => _store.Ledger.WriteAsync(other, Token));
        Assert.Equal(isCutShort, first is IOException);

        _store.Memory.Fault = _ => null;
        await _store.Ledger.WriteAsync(other, Token);

        Assert.EndsWith(".part.json", Assert.Single(await _store.ListAsync(".json")), StringComparison.Ordinal);
        Assert.Equal((6, 45), await _store.SumAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SameRecord_PackedWhileItIsWrittenAgain_StaysThePackedOne(bool isEnded)
    {
        var record = (isEnded ? Ended : _store.Record()) with { Characters = 100 };
        await _store.WriteOldAsync(_store.Record(), _store.Record("beside"));
        var isPacked = false;
        _store.Memory.Gate = async (name, token) =>
        {
            if (name == UsageNames.Of(record) && !isPacked)
            {
                isPacked = true;
                await _store.Packer.PackAsync(token);
            }
        };

        await _store.Ledger.WriteAsync(record, Token);

        Assert.True(isPacked);
        Assert.Empty(await _store.ListAsync(".json"));
        Assert.Equal((6, 5), await _store.SumAsync());
    }

    [Fact]
    public async Task Day_PackedWhileItIsRead_IsComplete()
    {
        await _store.WriteOldAsync(Enumerable.Range(0, 40).Select(i => _store.Record($"{i}")));
        var before = await _store.ReadAsync();
        var reads = 0;
        _store.Memory.ReadFault = _ =>
        {
            if (++reads == 3)
            {
                _store.Memory.ReadFault = _ => null;
                _store.Packer.PackAsync(Token).GetAwaiter().GetResult();
            }

            return null;
        };

        Assert.Equal(before, await _store.ReadAsync());
        Assert.Empty(await _store.ListAsync(".json"));
    }

    [Fact]
    public async Task Pack_ThatCannotBeRead_IsAnErrorUntilItCan()
    {
        await _store.PackAsync(_store.Record());
        var name = Assert.Single(await _store.ListAsync(".jsonl"));
        var pack = _store.Memory[name];
        _store.Memory[name] = pack[..^5];

        await Assert.ThrowsAsync<JsonException>(_store.ReadAsync);
        await Assert.ThrowsAsync<JsonException>(() => _store.Ledger.WriteAsync(_store.Record(), Token));

        _store.Memory[name] = pack;
        await _store.Ledger.WriteAsync(OfAnotherProcess, Token);
        Assert.Equal((6, 45), await _store.SumAsync());
    }

    [Fact]
    public async Task LateRecords_ReadAPackOnce()
    {
        await _store.PackAsync(_store.Record());
        var reads = 0;
        _store.Memory.ReadFault = name =>
        {
            reads += ArchiveNames.IsUsagePack(name) ? 1 : 0;
            return null;
        };

        for (var i = 0; i < 100; i++)
        {
            await _store.Ledger.WriteAsync(_store.Record($"late {i}"), Token);
            await _store.Ledger.WriteAsync(OfAnotherProcess, Token);
        }

        Assert.Equal(1, reads);
    }

    [Fact]
    public async Task Record_OfADayWithoutPacks_LooksForNone()
    {
        var ledger = new UsageLedger(new ListFault(_store.Memory) { Fault = new IOException("listed") }, _store.Time);

        await ledger.WriteAsync(_store.Record(), Token);
        await ledger.ReplaceAsync(_store.Record(), Token);

        Assert.Single(await _store.ListAsync(".json"));
    }
}
