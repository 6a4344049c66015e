using System.Security.Cryptography;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Stores;
using Xunit;

namespace TtsGrains.Archive.Tests.Encryption;

/// <summary>Encrypted objects that somebody changed in the store, or read in part.</summary>
public sealed class TamperTests
{
    private const string Name = "acme/sessions/call/0001-hello/1.wav";
    private const string Other = "acme/sessions/call/0001-hello/2.wav";
    private const int Chunk = EncryptedChunks.ContentBytes;

    private readonly MemoryArchive _store = new();
    private readonly EncryptedArchive _archive;
    private readonly byte[] _content = RandomNumberGenerator.GetBytes((3 * Chunk) + 1000);

    public TamperTests() => _archive = TestKeys.Encrypt(_store);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "magic number")]
    [InlineData(7, "version")]
    [InlineData(13, "size of a chunk")]
    [InlineData(23, "length")]
    [InlineData(24, "nonce of the data key")]
    [InlineData(36, "data key")]
    [InlineData(EncryptedHeader.Bytes - 1, "tag of the data key")]
    [InlineData(EncryptedHeader.Bytes, "first byte of the first chunk")]
    [InlineData(EncryptedHeader.Bytes + Chunk, "tag of the first chunk")]
    [InlineData(EncryptedHeader.Bytes + (2 * EncryptedChunks.StoredBytes) + 5, "third chunk")]
    public async Task Read_ByteChanged_FailsByName(int at, string what)
    {
        await WriteAsync(Name);
        _store[Name][at] ^= 1;

        Assert.True(await IsDamagedAsync(Name), what);
    }

    [Fact]
    public async Task Read_LastByteChanged_FailsByName()
    {
        await WriteAsync(Name);
        _store[Name][^1] ^= 1;

        Assert.True(await IsDamagedAsync(Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000 + Sealing.TagBytes)]
    [InlineData(EncryptedChunks.StoredBytes)]
    public async Task Read_CutOff_FailsByName(int bytes)
    {
        await WriteAsync(Name);
        _store[Name] = _store[Name][..^bytes];

        Assert.True(await IsDamagedAsync(Name));
    }

    [Fact]
    public async Task Read_CutOffInTheHeader_FailsByName()
    {
        await WriteAsync(Name);
        _store[Name] = _store[Name][..50];

        Assert.True(await IsDamagedAsync(Name));
    }

    [Fact]
    public async Task Read_Longer_FailsByName()
    {
        await WriteAsync(Name);
        _store[Name] = [.. _store[Name], 0];

        Assert.True(await IsDamagedAsync(Name));
    }

    [Fact]
    public async Task Read_ChunksSwapped_FailsByName()
    {
        await WriteAsync(Name);
        var stored = _store[Name];
        var (first, second) = (Range(0), Range(1));
        var kept = stored[first];
        stored[second].CopyTo(stored, first.Start.Value);
        kept.CopyTo(stored, second.Start.Value);

        Assert.True(await IsDamagedAsync(Name));
    }

    [Fact]
    public async Task Read_ObjectOfAnotherName_FailsByName()
    {
        await WriteAsync(Name);
        await WriteAsync(Other);
        (_store[Name], _store[Other]) = (_store[Other], _store[Name]);

        Assert.True(await IsDamagedAsync(Name));
        Assert.True(await IsDamagedAsync(Other));
    }

    [Fact]
    public async Task Read_ObjectOfAnotherTenant_FailsByName()
    {
        const string Foreign = "other/sessions/call/0001-hello/1.wav";
        await WriteAsync(Name);
        await WriteAsync(Foreign);
        _store[Foreign] = _store[Name];

        Assert.True(await IsDamagedAsync(Foreign));
    }

    [Fact]
    public async Task Read_UnknownKeyNumber_FailsByName()
    {
        await WriteAsync(Name);
        _store[Name][11] = 9;

        var failure = await Assert.ThrowsAsync<UnreadableObjectException>(() => _archive.ReadAsync(Name, Token));

        Assert.Equal(UnreadableReason.KeyMissing, failure.Reason);
        Assert.Contains("Key 9 of tenant acme", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(Chunk - 1, 2)]
    [InlineData(Chunk, Chunk)]
    [InlineData((2 * Chunk) - 5, Chunk + 10)]
    [InlineData(3 * Chunk, 1000)]
    [InlineData((3 * Chunk) + 999, 1)]
    public async Task OpenRead_FromAnyPlace_DecryptsOnlyWhatIsRead(int from, int count)
    {
        await WriteAsync(Name);
        foreach (var chunk in Enumerable.Range(0, 4).Where(chunk => chunk < from / Chunk || chunk > (from + count - 1) / Chunk))
        {
            _store[Name][(int)EncryptedChunks.PlaceOf(chunk)] ^= 1;
        }

        await using var content = await _archive.OpenReadAsync(Name, Token);
        content!.Seek(from, SeekOrigin.Begin);
        var read = new byte[count];
        await content.ReadExactlyAsync(read, Token);

        Assert.Equal(_content[from..(from + count)], read);
        Assert.Equal(_content.Length, content.Length);
    }

    [Fact]
    public async Task Write_SameContentTwice_GivesOtherBytes()
    {
        await WriteAsync(Name);
        await WriteAsync(Other);

        Assert.NotEqual(_store[Name][EncryptedHeader.Bytes..], _store[Other][EncryptedHeader.Bytes..]);
    }

    [Fact]
    public async Task Read_PlainObject_IsReadUnlessOnlyEncryptedOnesAreAccepted()
    {
        _store[Name] = "RIFF and so on"u8.ToArray();
        var strict = TestKeys.Encrypt(_store, acceptsPlain: false);

        var plain = await _archive.ReadAsync(Name, Token);
        var failure = await Assert.ThrowsAsync<UnreadableObjectException>(() => strict.ReadAsync(Name, Token));

        Assert.Equal(_store[Name], plain!.ToArray());
        Assert.Equal(UnreadableReason.NotEncrypted, failure.Reason);
    }

    [Fact]
    public async Task Read_EncryptionOffAgain_StillDecrypts()
    {
        await WriteAsync(Name);
        var off = TestKeys.Encrypt(_store, isOn: false);

        Assert.Equal(_content, (await off.ReadAsync(Name, Token))!.ToArray());
        await off.WriteAsync(Other, new MemoryStream(_content), "audio/wav", Token);
        Assert.Equal(_content, _store[Other]);
    }

    private static Range Range(int chunk)
        => (int)EncryptedChunks.PlaceOf(chunk)..(int)EncryptedChunks.PlaceOf(chunk + 1);

    private async Task WriteAsync(string name)
    {
        using var content = new MemoryStream(_content);
        Assert.Equal(ArchiveWrite.Created, await _archive.WriteAsync(name, content, "audio/wav", Token));
    }

    private async Task<bool> IsDamagedAsync(string name)
    {
        var failure = await Assert.ThrowsAsync<UnreadableObjectException>(() => _archive.ReadAsync(name, Token));
        return failure.Reason == UnreadableReason.Damaged && failure.Message.Contains(name, StringComparison.Ordinal);
    }
}
