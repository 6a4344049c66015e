using System.Text;
using TtsGrains.Archive.Encryption;
using TtsGrains.Archive.Stores;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Archive.Tests.Encryption;

/// <summary>The tenants' keys: created once, rotated, deleted, shared by processes.</summary>
public sealed class TenantKeysTests : IDisposable
{
    private const string Name = "acme/sessions/call/0001-hello/manifest.json";
    private const string Later = "acme/sessions/later/0001-hello/manifest.json";
    private const string Foreign = "other/sessions/call/0001-hello/manifest.json";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("keys-");
    private readonly MemoryArchive _store = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Delete_KeyOfATenant_MakesAllOfItUnreadableAndNothingElse()
    {
        var (keys, archive) = Open();
        await WriteAsync(archive, Name);
        await WriteAsync(archive, Foreign);

        Assert.Equal(1, await keys.DeleteAsync("acme", Token));

        var failure = await Assert.ThrowsAsync<UnreadableObjectException>(() => archive.ReadAsync(Name, Token));
        Assert.Equal(UnreadableReason.KeyDeleted, failure.Reason);
        Assert.Equal("{}", (await archive.ReadAsync(Foreign, Token))!.ToString());
        Assert.Equal(0, await keys.DeleteAsync("acme", Token));
        Assert.DoesNotContain(await NamesAsync(), name => name.StartsWith("~keys/acme/", StringComparison.Ordinal) && name.EndsWith(".key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_AfterTheDeletion_UsesANewKey()
    {
        var (keys, archive) = Open();
        await WriteAsync(archive, Name);
        await keys.DeleteAsync("acme", Token);

        await WriteAsync(archive, Later);

        Assert.Equal("{}", (await archive.ReadAsync(Later, Token))!.ToString());
        await Assert.ThrowsAsync<UnreadableObjectException>(() => archive.ReadAsync(Name, Token));
        Assert.Equal([(1, true), (2, false)], (await keys.ListAsync("acme", Token)).Select(key => (key.Number, key.DeletedAt is not null)));
    }

    [Fact]
    public async Task Delete_InAnotherProcess_IsNoticedInFiveSeconds()
    {
        var (_, archive) = Open();
        var (other, _) = Open();
        await WriteAsync(archive, Name);
        await other.DeleteAsync("acme", Token);

        _time.Advance(TenantKeys.LongestAge);

        await Assert.ThrowsAsync<UnreadableObjectException>(() => archive.ReadAsync(Name, Token));
    }

    [Fact]
    public async Task Rotate_OldObjectsAreReadableAndNewOnesHaveTheNewKey()
    {
        var (keys, archive) = Open();
        await WriteAsync(archive, Name);

        await keys.RotateAsync("acme", Token);
        await WriteAsync(archive, Later);

        Assert.Equal((1, 2), (EncryptedHeader.KeyNumberOf(_store[Name]), EncryptedHeader.KeyNumberOf(_store[Later])));
        Assert.Equal("{}", (await archive.ReadAsync(Name, Token))!.ToString());
        Assert.Equal("{}", (await archive.ReadAsync(Later, Token))!.ToString());
    }

    [Fact]
    public async Task GetCurrent_ManyProcessesAtOnce_AgreeOnOneKey()
    {
        var processes = Enumerable.Range(0, 8).Select(_ => Open().Archive).ToList();
        var names = Enumerable.Range(0, 8).Select(i => $"acme/sessions/s{i}/session.json").ToList();

        await Task.WhenAll(processes.Zip(names, (archive, name) => Task.Run(() => WriteAsync(archive, name), Token)));

        Assert.Single(await NamesAsync(), name => name.StartsWith("~keys/", StringComparison.Ordinal));
        foreach (var name in names)
        {
            Assert.Equal("{}", (await processes[0].ReadAsync(name, Token))!.ToString());
        }
    }

    [Fact]
    public async Task MasterKey_Replaced_OldKeysAreReadWhileItIsNamed()
    {
        var (_, archive) = Open();
        await WriteAsync(archive, Name);

        var (_, replaced) = Open($"{TestKeys.OtherMaster} {TestKeys.Master}");
        var (_, forgotten) = Open(TestKeys.OtherMaster);

        Assert.Equal("{}", (await replaced.ReadAsync(Name, Token))!.ToString());
        var failure = await Assert.ThrowsAsync<UnreadableObjectException>(() => forgotten.ReadAsync(Name, Token));
        Assert.Equal(UnreadableReason.KeyMissing, failure.Reason);
        await Assert.ThrowsAsync<UnreadableObjectException>(() => WriteAsync(forgotten, Later));
    }

    [Fact]
    public async Task KeysInTheStore_AreEncryptedAndBoundToTheirTenant()
    {
        var (_, archive) = Open();
        await WriteAsync(archive, Name);
        await WriteAsync(archive, Foreign);
        _store["~keys/acme/000001.key"] = _store["~keys/other/000001.key"];

        Assert.DoesNotContain("\"key\"", Encoding.UTF8.GetString(_store["~keys/other/000001.key"]), StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<UnreadableObjectException>(() => Open().Archive.ReadAsync(Name, Token));
        Assert.Equal(UnreadableReason.KeyMissing, failure.Reason);
    }

    [Fact]
    public async Task KeysInFiles_AreCreatedAtFirstUse_ForTheirUserOnly()
    {
        var folder = Path.Combine(_folder.FullName, "archive-keys");
        var keys = new TenantKeys(new FileSegmentArchive(folder, _time), master: null, _time);
        Assert.Empty(await keys.ListAsync("acme", Token));
        Assert.False(Directory.Exists(folder));

        var first = await keys.GetCurrentAsync("acme", Token);
        var second = await new TenantKeys(new FileSegmentArchive(folder, _time), master: null, _time).GetAsync("acme", first.Number, Token);

        var dataKey = TenantKey.CreateDataKey();
        Assert.Equal(dataKey, second.TryDecrypt(first.Encrypt(dataKey, []), []));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "~keys/acme/000001.key")));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(folder).UnixFileMode);
        }
    }

    [Fact]
    public async Task GetCurrent_StoreAway_GoesOnWithTheKnownKeyForWritesOnly()
    {
        var away = new ListFault(_store);
        var keys = new TenantKeys(away, TestKeys.MasterOf(TestKeys.Master), _time);
        var known = await keys.GetCurrentAsync("acme", Token);
        _time.Advance(TenantKeys.LongestAge);

        away.Fault = new IOException("away");

        Assert.Same(known, await keys.GetCurrentAsync("acme", Token));
        await Assert.ThrowsAsync<IOException>(async () => await keys.GetAsync("acme", 1, Token));
        await Assert.ThrowsAsync<IOException>(async () => await keys.GetCurrentAsync("new", Token));
    }

    private static async Task WriteAsync(EncryptedArchive archive, string name)
    {
        using var content = new MemoryStream("{}"u8.ToArray());
        await archive.ReplaceAsync(name, content, "application/json", Token);
    }

    private (TenantKeys Keys, EncryptedArchive Archive) Open(string master = TestKeys.Master)
    {
        var keys = new TenantKeys(_store, TestKeys.MasterOf(master), _time);
        return (keys, new EncryptedArchive(_store, new ArchiveCipher(keys, isOn: true, acceptsPlain: true)));
    }

    private async Task<List<string>> NamesAsync() => await _store.ListAsync("", Token).Select(found => found.Name).ToListAsync(Token);
}
