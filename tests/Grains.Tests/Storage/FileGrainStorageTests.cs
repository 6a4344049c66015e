using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using TtsGrains.Grains.Storage;
using Xunit;

namespace TtsGrains.Grains.Tests.Storage;

public sealed class FileGrainStorageTests : IDisposable
{
    private const string Name = "thing";

    private static readonly GrainId Id = GrainId.Create("thing", "tenant/session");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("states-");
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly List<FileGrainStorage> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(storage => storage.Dispose());
        _services.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Read_NeverWritten_GivesAnEmptyState()
    {
        var state = new GrainState<List<string>>();

        await Open().ReadStateAsync(Name, Id, state);

        Assert.Empty(state.State!);
        Assert.Null(state.ETag);
        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task Write_AfterARestart_IsRead()
    {
        var before = Open();
        var written = State("a", "b");
        await before.WriteStateAsync(Name, Id, written);
        before.Dispose();

        var read = new GrainState<List<string>>();
        await Open().ReadStateAsync(Name, Id, read);

        Assert.Equal(["a", "b"], read.State);
        Assert.Equal(written.ETag, read.ETag);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task Write_WithAnOldETag_IsRefusedAndChangesNothing()
    {
        var storage = Open();
        var mine = State("mine");
        await storage.WriteStateAsync(Name, Id, mine);
        var stale = new GrainState<List<string>>(["stale"], mine.ETag);
        await storage.WriteStateAsync(Name, Id, mine);

        var refused = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(Name, Id, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync(Name, Id, State("new")));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync(Name, Id, stale));

        Assert.Equal(mine.ETag, refused.StoredEtag);
        Assert.Equal(["mine"], (await ReadAsync(storage)).State);
    }

    [Fact]
    public async Task Clear_DeletesTheFile()
    {
        var storage = Open();
        var state = State("a");
        await storage.WriteStateAsync(Name, Id, state);

        await storage.ClearStateAsync(Name, Id, state);

        Assert.Empty(StateFiles());
        Assert.False(state.RecordExists);
        await storage.WriteStateAsync(Name, Id, state);
        Assert.True(state.RecordExists);
    }

    [Fact]
    public async Task Write_CutShortByACrash_LeavesTheOldState()
    {
        var storage = Open();
        var state = State("old");
        await storage.WriteStateAsync(Name, Id, state);
        await File.WriteAllTextAsync(Assert.Single(StateFiles()) + ".new", "TTSST", TestContext.Current.CancellationToken);

        Assert.Equal(["old"], (await ReadAsync(storage)).State);
        state.State = ["new"];
        await storage.WriteStateAsync(Name, Id, state);

        Assert.Equal(["new"], (await ReadAsync(storage)).State);
        Assert.Empty(_folder.GetFiles("*.new", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(-1)]
    public async Task Read_DamagedFile_NamesIt(int at)
    {
        var storage = Open();
        await storage.WriteStateAsync(Name, Id, State("a"));
        var path = Assert.Single(StateFiles());
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[at < 0 ? bytes.Length + at : at] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        var damaged = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(storage));

        Assert.Contains(path, damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_OfManyGrainsAtOnce_AreAllStored()
    {
        var storage = Open();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => storage.WriteStateAsync(Name, GrainId.Create("thing", $"{i}"), State($"{i}"))));

        for (var i = 0; i < 500; i++)
        {
            Assert.Equal([$"{i}"], (await ReadAsync(storage, GrainId.Create("thing", $"{i}"))).State);
        }
    }

    [Fact]
    public async Task Writes_OfOneGrainAtOnce_OneIsStored()
    {
        var storage = Open();

        var writes = Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                await storage.WriteStateAsync(Name, Id, State($"{i}"));
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
    public async Task Key_WithAnyCharacters_StaysInTheFolder(string key)
    {
        var storage = Open();

        await storage.WriteStateAsync(Name, GrainId.Create("thing", key), State(key));

        Assert.Equal([key], (await ReadAsync(storage, GrainId.Create("thing", key))).State);
        Assert.Single(StateFiles());
    }

    [Fact]
    public async Task Files_ArePrivateToTheirUser()
    {
        if (OperatingSystem.IsWindows())
        {
            // It has no file modes.
            return;
        }

        await Open().WriteStateAsync(Name, Id, State("a"));

        var file = Assert.Single(StateFiles());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public void Open_FolderInUse_NamesIt()
    {
        Open();

        var refused = Assert.Throws<SettingsException>(() => Open());

        Assert.Contains(_folder.FullName, refused.Message, StringComparison.Ordinal);
    }

    private FileGrainStorage Open()
    {
        var folder = new StateFolder(Path.Combine(_folder.FullName, "state"));
        folder.Open();
        var storage = new FileGrainStorage(folder, _services.GetRequiredService<Serializer>());
        _opened.Add(storage);
        return storage;
    }

    private string[] StateFiles() => Directory.GetFiles(_folder.FullName, "*.state", SearchOption.AllDirectories);

    private static async Task<GrainState<List<string>>> ReadAsync(FileGrainStorage storage, GrainId? id = null)
    {
        var state = new GrainState<List<string>>();
        await storage.ReadStateAsync(Name, id ?? Id, state);
        return state;
    }

    private static GrainState<List<string>> State(params string[] items) => new([.. items]);
}
