using Orleans.Storage;

namespace TtsGrains.Engine.Tests.Embedded;

public sealed class FileStorageTests : IDisposable
{
    private static readonly StateId Id = new("Grains.Thing", "tenant/session", "tally");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("states-");

    private FileStateStore Store => new(_directory.FullName);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Read_OfWhatWasNeverWritten_IsNothing() => Assert.Null(await Store.ReadAsync(Id, Token));

    [Fact]
    public async Task Write_IsReadByAnotherStoreOfTheSameDirectory()
    {
        var etag = await Store.WriteAsync(Id, etag: null, """{"Count":1}"""u8.ToArray(), Token);

        var stored = await Store.ReadAsync(Id, Token);

        Assert.Equal(etag, stored!.Etag);
        Assert.Equal("""{"Count":1}""", System.Text.Encoding.UTF8.GetString(stored.Json.Span));
    }

    [Fact]
    public async Task Write_WithAnOldEtag_IsRefused_AndChangesNothing()
    {
        var first = await Store.WriteAsync(Id, etag: null, "1"u8.ToArray(), Token);
        var second = await Store.WriteAsync(Id, first, "2"u8.ToArray(), Token);

        var exception = await Assert.ThrowsAsync<InconsistentStateException>(() => Store.WriteAsync(Id, first, "3"u8.ToArray(), Token));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.WriteAsync(Id, etag: null, "3"u8.ToArray(), Token));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Store.ClearAsync(Id, first, Token));

        Assert.Equal(second, exception.StoredEtag);
        Assert.Equal(first, exception.CurrentEtag);
        Assert.Equal(second, (await Store.ReadAsync(Id, Token))!.Etag);
    }

    [Fact]
    public async Task Clear_TakesTheFileAway()
    {
        var etag = await Store.WriteAsync(Id, etag: null, "1"u8.ToArray(), Token);

        await Store.ClearAsync(Id, etag, Token);

        Assert.Null(await Store.ReadAsync(Id, Token));
        Assert.Empty(_directory.GetFiles("*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Write_CutShort_LeavesTheOldState()
    {
        var etag = await Store.WriteAsync(Id, etag: null, "1"u8.ToArray(), Token);
        var file = Assert.Single(_directory.GetFiles("*", SearchOption.AllDirectories));
        await File.WriteAllTextAsync(file.FullName + ".new", "{\"etag\":", Token);

        Assert.Equal(etag, (await Store.ReadAsync(Id, Token))!.Etag);
        await Store.WriteAsync(Id, etag, "2"u8.ToArray(), Token);

        Assert.Single(_directory.GetFiles("*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Writes_AtTheSameTime_OneWins()
    {
        var store = Store;
        var writes = Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                await store.WriteAsync(Id, etag: null, new byte[] { (byte)('0' + i) }, Token);
                return 1;
            }
            catch (InconsistentStateException)
            {
                return 0;
            }
        });

        Assert.Equal(1, (await Task.WhenAll(writes)).Sum());
    }

    [Theory]
    [InlineData("../../outside")]
    [InlineData("..")]
    [InlineData("a/b:c*d?")]
    [InlineData("ключ")]
    public async Task Key_WithAnyCharacters_StaysInTheDirectory(string key)
    {
        await Store.WriteAsync(Id with { Key = key }, etag: null, "1"u8.ToArray(), Token);

        Assert.NotNull(await Store.ReadAsync(Id with { Key = key }, Token));
        Assert.Single(_directory.GetFiles("*.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Keys_TooLongForAFileName_StayApart()
    {
        var longKey = new string('k', 500);
        await Store.WriteAsync(Id with { Key = longKey + "1" }, etag: null, "1"u8.ToArray(), Token);
        await Store.WriteAsync(Id with { Key = longKey + "2" }, etag: null, "2"u8.ToArray(), Token);

        Assert.Equal("1"u8.ToArray(), (await Store.ReadAsync(Id with { Key = longKey + "1" }, Token))!.Json.ToArray());
    }
}
