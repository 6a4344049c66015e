using System.Security.Cryptography;
using System.Text;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Stores;
using TtsGrains.Protocol.Audio;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>What every store must do. Each test has a prefix of its own.</summary>
public abstract class SegmentArchiveContract
{
    private readonly string _prefix;

    /// <param name="below">What the names are below.</param>
    protected SegmentArchiveContract(string below = "") => _prefix = $"{Guid.NewGuid():N}/{below}";

    protected abstract ISegmentArchive Archive { get; }

    /// <summary>The size in the store of an object with so much content.</summary>
    protected virtual long StoredLength(int content) => content;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_NewName_IsCreatedAndReadBack()
    {
        var content = RandomNumberGenerator.GetBytes(300_000);

        var write = await WriteAsync("a/1.wav", content);

        Assert.Equal(ArchiveWrite.Created, write);
        Assert.Equal(content, await ReadAsync("a/1.wav"));
        Assert.Equal(content.Length, await Archive.GetLengthAsync(_prefix + "a/1.wav", Token));
    }

    [Fact]
    public async Task Write_TakenName_LeavesTheFirstAsItWas()
    {
        await WriteAsync("a/1.wav", "first"u8.ToArray());

        var write = await WriteAsync("a/1.wav", "second, longer"u8.ToArray());

        Assert.Equal(ArchiveWrite.AlreadyThere, write);
        Assert.Equal("first"u8.ToArray(), await ReadAsync("a/1.wav"));
    }

    [Fact]
    public async Task Write_ManyAtOnceOfOneName_OneIsCreatedWhole()
    {
        var contents = Enumerable.Range(0, 8).Select(i => Encoding.UTF8.GetBytes(new string((char)('a' + i), 50_000))).ToList();

        var writes = await Task.WhenAll(contents.Select(c => Task.Run(() => WriteAsync("a/1.wav", c), Token)));

        Assert.Single(writes, ArchiveWrite.Created);
        Assert.Equal(contents[Array.IndexOf(writes, ArchiveWrite.Created)], await ReadAsync("a/1.wav"));
    }

    [Fact]
    public async Task Read_WhileItIsReplacedAgainAndAgain_IsOneVersionWhole()
    {
        var versions = Enumerable.Range(0, 20).Select(i => Encoding.UTF8.GetBytes(new string((char)('a' + i), 20_000))).ToList();
        await WriteAsync("session.json", versions[0]);

        var replacing = Task.Run(
            async () =>
            {
                foreach (var version in versions)
                {
                    await Archive.ReplaceAsync(_prefix + "session.json", new MemoryStream(version), "application/json", Token);
                }
            },
            Token);
        do
        {
            var read = await Archive.ReadAsync(_prefix + "session.json", Token);
            Assert.Contains(read!.ToArray(), versions);
        }
        while (!replacing.IsCompleted);
        await replacing;
        Assert.Null(await Archive.ReadAsync(_prefix + "nothing.json", Token));
    }

    [Fact]
    public async Task Write_NoBytes_IsAnObject()
    {
        await WriteAsync("empty", []);

        Assert.Equal(0, await Archive.GetLengthAsync(_prefix + "empty", Token));
        Assert.Empty(await ReadAsync("empty") ?? [1]);
    }

    [Fact]
    public async Task Write_FromTheMiddleOfAStream_WritesTheRest()
    {
        using var content = new MemoryStream("skipped|kept"u8.ToArray()) { Position = 8 };

        await Archive.WriteAsync(_prefix + "rest", content, "text/plain", Token);

        Assert.Equal("kept"u8.ToArray(), await ReadAsync("rest"));
    }

    [Fact]
    public async Task OpenRead_Object_CanSeek()
    {
        await WriteAsync("digits", "0123456789"u8.ToArray());

        await using var stream = await Archive.OpenReadAsync(_prefix + "digits", Token);
        stream!.Seek(6, SeekOrigin.Begin);
        var tail = new byte[4];
        await stream.ReadExactlyAsync(tail, Token);

        Assert.Equal("6789"u8.ToArray(), tail);
        Assert.Equal(10, stream.Length);
    }

    [Fact]
    public async Task OpenRead_Missing_IsNull()
    {
        Assert.Null(await Archive.OpenReadAsync(_prefix + "no/such", Token));
        Assert.Null(await Archive.GetLengthAsync(_prefix + "no/such", Token));
    }

    [Fact]
    public async Task List_Prefix_GivesWholeNamesInOrdinalOrder()
    {
        // '-' sorts before '/', and '.' too: a walk folder by folder must not show.
        string[] names = ["s/a/1.wav", "s/a-b/1.wav", "s/a/10.wav", "s/a/2.wav", "s/A/1.wav", "t/1.wav"];
        foreach (var name in names)
        {
            await WriteAsync(name, "x"u8.ToArray());
        }

        Assert.Equal(["s/A/1.wav", "s/a-b/1.wav", "s/a/1.wav", "s/a/10.wav", "s/a/2.wav"], await ListAsync("s/"));
        Assert.Equal(["s/a-b/1.wav", "s/a/1.wav", "s/a/10.wav", "s/a/2.wav"], await ListAsync("s/a"));
        Assert.Equal(["s/a/1.wav", "s/a/10.wav"], await ListAsync("s/a/1"));
        Assert.Empty(await ListAsync("none/"));
    }

    [Fact]
    public async Task List_Objects_TellTheirLength()
    {
        await WriteAsync("one", new byte[17]);

        var found = new List<ArchivedObject>();
        await foreach (var item in Archive.ListAsync(_prefix, Token))
        {
            found.Add(item);
        }

        Assert.Equal([new ArchivedObject(_prefix + "one", StoredLength(17))], found);
    }

    [Fact]
    public async Task Write_HostileIds_AreFoundUnderTheirNames()
    {
        var name = ArchiveNames.Segment("../x", "a/b", 1, "\ud83d\ude00 " + new string('y', 400), 1);

        await WriteAsync(name, "x"u8.ToArray());

        Assert.Equal([name], await ListAsync(ArchiveNames.SessionPrefix("../x", "a/b")));
    }

    [Fact]
    public async Task ListPage_ManyNames_EachOnceInOrder()
    {
        foreach (var name in (string[])["f/b", "f/a", "f/d/1", "f/d/2", "f/a-b", "f/c", "g/x"])
        {
            await WriteAsync(name, "x"u8.ToArray());
        }

        var names = new List<string>();
        var pages = 0;
        string? cursor = null;
        do
        {
            var page = await Archive.ListPageAsync(_prefix + "f/", cursor, 2, Token);
            Assert.InRange(page.Names.Count, 0, 2);
            names.AddRange(page.Names);
            cursor = page.Next;
            pages++;
        }
        while (cursor is not null);

        Assert.Equal(["a", "a-b", "b", "c", "d/"], names);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task ListPage_NothingThere_IsEmpty()
    {
        var page = await Archive.ListPageAsync(_prefix + "none/", null, 10, Token);

        Assert.Empty(page.Names);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task Replace_TakenName_HasTheNewContent()
    {
        await ReplaceAsync("session.json", "first, longer"u8.ToArray());
        await ReplaceAsync("session.json", "second"u8.ToArray());

        Assert.Equal("second"u8.ToArray(), await ReadAsync("session.json"));
    }

    [Fact]
    public async Task Delete_Object_IsGoneAndItsNameFree()
    {
        await WriteAsync("a/b/1.wav", "x"u8.ToArray());

        Assert.True(await Archive.DeleteAsync(_prefix + "a/b/1.wav", Token));
        Assert.False(await Archive.DeleteAsync(_prefix + "a/b/1.wav", Token));

        Assert.Empty(await ListAsync("a/"));
        Assert.Empty((await Archive.ListPageAsync(_prefix, null, 10, Token)).Names);
        Assert.Equal(ArchiveWrite.Created, await WriteAsync("a/b/1.wav", "y"u8.ToArray()));
    }

    [Fact]
    public async Task DeleteIfUnchanged_Object_IsRemovedOnlyWithItsContent()
    {
        await WriteAsync("a/1.json", "first"u8.ToArray());
        await ReplaceAsync("a/1.json", "other"u8.ToArray());

        Assert.False(await Archive.DeleteIfUnchangedAsync(_prefix + "a/1.json", new BinaryData("first"u8.ToArray()), Token));
        Assert.Equal("other"u8.ToArray(), await ReadAsync("a/1.json"));
        Assert.True(await Archive.DeleteIfUnchangedAsync(_prefix + "a/1.json", new BinaryData("other"u8.ToArray()), Token));
        Assert.False(await Archive.DeleteIfUnchangedAsync(_prefix + "a/1.json", new BinaryData("other"u8.ToArray()), Token));
        Assert.Empty(await ListAsync("a/"));
    }

    [Fact]
    public async Task Write_LongerThanABlock_IsWholeAndCreatedOnce()
    {
        var content = RandomNumberGenerator.GetBytes((9 * 1024 * 1024) + 1);

        Assert.Equal(ArchiveWrite.Created, await WriteAsync("long.wav", content));
        Assert.Equal(ArchiveWrite.AlreadyThere, await WriteAsync("long.wav", RandomNumberGenerator.GetBytes(5 * 1024 * 1024)));

        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await ReadAsync("long.wav") ?? []));
    }

    [Fact]
    public async Task Prepare_Again_IsHarmless()
    {
        await WriteAsync("kept", "x"u8.ToArray());

        await Archive.PrepareAsync(Token);

        Assert.Equal("x"u8.ToArray(), await ReadAsync("kept"));
    }

    private async Task<ArchiveWrite> WriteAsync(string name, byte[] content)
    {
        using var stream = new MemoryStream(content);
        return await Archive.WriteAsync(_prefix + name, stream, Wav.ContentType, Token);
    }

    private async Task ReplaceAsync(string name, byte[] content)
    {
        using var stream = new MemoryStream(content);
        await Archive.ReplaceAsync(_prefix + name, stream, ContextManifest.ContentType, Token);
    }

    private async Task<byte[]?> ReadAsync(string name)
    {
        await using var stream = await Archive.OpenReadAsync(_prefix + name, Token);
        if (stream is null)
        {
            return null;
        }

        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }

    private async Task<List<string>> ListAsync(string prefix)
    {
        var names = new List<string>();
        await foreach (var item in Archive.ListAsync(_prefix + prefix, Token))
        {
            names.Add(item.Name[_prefix.Length..]);
        }

        return names;
    }
}
