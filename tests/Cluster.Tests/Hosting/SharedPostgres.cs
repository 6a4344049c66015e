using System.Runtime.Versioning;
using TtsGrains.Cli.Cluster;

namespace TtsGrains.Cluster.Tests.Hosting;

/// <summary>One PostgreSQL for the tests of a class. Starts with the first that asks for it, so that skipped tests start nothing.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SharedPostgres : IAsyncDisposable
{
    private DirectoryInfo? _folder;
    private PrivatePostgres? _postgres;

    public async Task<PrivatePostgres> GetAsync()
    {
        if (_postgres is null)
        {
            _folder = Directory.CreateTempSubdirectory("tts-cluster-tests-");
            _folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            _postgres = await PrivatePostgres.StartAsync(Path.Combine(_folder.FullName, "postgres"), isDurable: false, TestContext.Current.CancellationToken);
        }

        return _postgres;
    }

    public async ValueTask DisposeAsync()
    {
        await (_postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder?.Delete(recursive: true);
    }
}
