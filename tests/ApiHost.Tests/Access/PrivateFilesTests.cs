using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Access;

public sealed class PrivateFilesTests(ServiceFixture fixture)
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("archive")]
    [InlineData("spool")]
    [InlineData("state")]
    public async Task DataFolders_AfterASession_AreReadableByTheirUserOnly(string folder)
    {
        var session = $"s-{Guid.NewGuid():N}";
        await using var client = await SocketClient.ConnectAsync(fixture.Service, session: session);
        await client.PushAsync("c", "A private sentence.", more: false);
        await client.WhenEndedAsync("c");
        await Eventually.IsTrueAsync(() => fixture.Service.IsFinished(session), Token);
        await fixture.Service.WhenStoredAsync(Token);
        var root = Path.Combine(fixture.Service.Data, folder);

        Assert.Equal(UnixFileMode.None, ModeOf(root) & Others);
        Assert.All(
            Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToList(),
            file => Assert.True(!File.Exists(file) || (ModeOf(file) & Others) == UnixFileMode.None, file));
    }

    [Fact]
    public async Task DataFolders_ThatOthersCanEnter_AreClosedAtStart()
    {
        var data = Directory.CreateTempSubdirectory("tts-grains-");
        string[] folders = [data.CreateSubdirectory("archive").FullName, data.CreateSubdirectory("spool").FullName, data.CreateSubdirectory("state").FullName];
        foreach (var folder in folders)
        {
            Open(folder);
        }

        await using (await RunningService.StartAsync($"Data={data.FullName}"))
        {
            Assert.All(folders, folder => Assert.Equal(UnixFileMode.None, ModeOf(folder) & Others));
        }

        data.Delete(recursive: true);
    }

#pragma warning disable CA1416 // The tests run on Linux.
    private static UnixFileMode ModeOf(string path) => File.GetUnixFileMode(path);

    private static void Open(string path) => File.SetUnixFileMode(path, ModeOf(path) | Others);
#pragma warning restore CA1416
}
