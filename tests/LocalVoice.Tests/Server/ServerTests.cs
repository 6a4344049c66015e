using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Server;

/// <summary>Starts servers that speak as fast as they can, on free ports.</summary>
public abstract class ServerTests : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _open = [];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_open))
        {
            await one.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected async Task<LocalVoiceServer> StartAsync(Action<LocalVoiceOptions>? change = null, TimeProvider? time = null)
    {
        var options = new LocalVoiceOptions { RealtimeFactor = 0, Engine = LocalVoiceEngine.Tones };
        change?.Invoke(options);
        var server = await LocalVoiceServer.StartAsync(options, NullLoggerFactory.Instance, time ?? TimeProvider.System, Token);
        _open.Add(server);
        return server;
    }

    private protected async Task<VoiceClient> ConnectAsync(LocalVoiceServer server)
    {
        var client = await VoiceClient.ConnectAsync(server, Token);
        _open.Add(client);
        return client;
    }

    private protected async Task<VoiceClient> StartAndConnectAsync(Action<LocalVoiceOptions>? change = null, TimeProvider? time = null)
        => await ConnectAsync(await StartAsync(change, time));

    private protected Task<VoiceClient> ConnectToEspeakAsync() => StartAndConnectAsync(o => o.Engine = LocalVoiceEngine.Espeak);
}
