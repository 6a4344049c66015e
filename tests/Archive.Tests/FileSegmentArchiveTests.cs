using TtsGrains.Archive.Stores;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests;

/// <summary>The contract on files, and what only files can get wrong.</summary>
public sealed class FileSegmentArchiveTests : SegmentArchiveContract, IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("archive-");
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly FileSegmentArchive _archive;

    public FileSegmentArchiveTests() => _archive = new FileSegmentArchive(_folder.FullName, _time);

    protected override ISegmentArchive Archive => _archive;

    private DirectoryInfo Unfinished => new(Path.Combine(_folder.FullName, ".unfinished"));

    public async ValueTask InitializeAsync() => await _archive.PrepareAsync(Token);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/outside")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("")]
    [InlineData(".unfinished/x")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    public async Task AnyAccess_NameThatIsNotOurs_IsRefused(string name)
    {
        using var content = new MemoryStream([1]);

        await Assert.ThrowsAsync<ArgumentException>(() => _archive.WriteAsync(name, content, Wav.ContentType, Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _archive.OpenReadAsync(name, Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _archive.GetLengthAsync(name, Token));
    }

    [Fact]
    public async Task List_PrefixAboveTheRoot_IsRefused()
        => await Assert.ThrowsAsync<ArgumentException>(async () => await _archive.ListAsync("../", Token).GetAsyncEnumerator(Token).MoveNextAsync());

    /// <summary>A file may go between the moments when its folder is read and when its length is.</summary>
    [Fact]
    public async Task List_WhileFilesAreRemoved_LeavesThemOut()
    {
        var folder = _folder.CreateSubdirectory("a");
        foreach (var i in Enumerable.Range(0, 10_000))
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{i}"), [1], Token);
        }

        var removing = Task.Run(() => Array.ForEach(folder.GetFiles(), file => file.Delete()), Token);
        do
        {
            Assert.InRange(await _archive.ListAsync("a/", Token).CountAsync(Token), 0, 10_000);
        }
        while (!removing.IsCompleted);
        await removing;
    }

    [Fact]
    public async Task WriteFile_SameFileSystem_KeepsTheFileItself()
    {
        var spooled = Path.Combine(_folder.FullName, "spooled.wav");
        await File.WriteAllBytesAsync(spooled, [1, 2, 3], Token);

        Assert.Equal(ArchiveWrite.Created, await _archive.WriteFileAsync("a/1.wav", spooled, Wav.ContentType, Token));
        Assert.Equal(ArchiveWrite.AlreadyThere, await _archive.WriteFileAsync("a/1.wav", spooled, Wav.ContentType, Token));
        File.Delete(spooled);

        Assert.Equal([1, 2, 3], (await _archive.ReadAsync("a/1.wav", Token))!.ToArray());
        Assert.Empty(Unfinished.EnumerateFiles());
    }

    [Fact]
    public async Task Write_ContentThatBreaks_LeavesNothing()
    {
        await Assert.ThrowsAsync<IOException>(() => _archive.WriteAsync("a/1.wav", new BrokenStream(), Wav.ContentType, Token));

        Assert.Null(await _archive.GetLengthAsync("a/1.wav", Token));
        Assert.Empty(Unfinished.EnumerateFiles());
    }

    [Fact]
    public async Task Prepare_AbandonedFiles_AreRemovedAfterADay()
    {
        var abandoned = Path.Combine(Unfinished.FullName, "abandoned");
        await File.WriteAllTextAsync(abandoned, "half", Token);

        await _archive.PrepareAsync(Token);
        Assert.True(File.Exists(abandoned));

        _time.Advance(TimeSpan.FromHours(25));
        await _archive.PrepareAsync(Token);
        Assert.False(File.Exists(abandoned));
    }

    [Fact]
    public async Task List_Everything_LeavesUnfinishedFilesOut()
    {
        await File.WriteAllTextAsync(Path.Combine(Unfinished.FullName, "half"), "half", Token);

        Assert.False(await _archive.ListAsync("", Token).GetAsyncEnumerator(Token).MoveNextAsync());
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void CopyTo(Stream destination, int bufferSize) => throw new IOException("The source broke.");
    }
}
