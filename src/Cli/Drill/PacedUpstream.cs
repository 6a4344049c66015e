using TtsGrains.Testing;

namespace TtsGrains.Cli.Drill;

/// <summary>
/// An upstream in this process that speaks twice as fast as its audio plays, so that calls are in the middle of speech when a fault strikes. Its audio
/// follows from the text, so every byte can be checked.
/// </summary>
internal sealed class PacedUpstream : IAsyncDisposable
{
    private readonly PacedSpeech _speech = new(TimeSpan.FromMilliseconds(50), charactersPerBeat: 50);
    private readonly ScriptedUpstream _server;

    private PacedUpstream(ScriptedUpstream server)
    {
        _server = server;
        server.When("", _speech.AnswerAsync);
    }

    public Uri Url => _server.Url;

    public static async Task<PacedUpstream> StartAsync(CancellationToken cancellationToken) => new(await ScriptedUpstream.StartAsync(cancellationToken));

    /// <summary>Cuts the socket with the most open contexts without a word.</summary>
    public void CutBusiestSocket() => _server.Sockets.Where(socket => !socket.IsClosed).MaxBy(socket => socket.OpenContexts)?.Drop();

    public async ValueTask DisposeAsync()
    {
        await _speech.DisposeAsync();
        await _server.DisposeAsync();
    }
}
