using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using TtsGrains.Client;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.Cli.Drill;

/// <summary>One call: speaks one context after the other over the .NET client, until it is stopped. The client reconnects; nothing here helps it.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class DrillCaller : IAsyncDisposable
{
    public static readonly AudioFormat Format = new(AudioEncoding.PcmMulaw, 8000);

    private readonly ConcurrentQueue<SpokenContext> _spoken = new();
    private readonly SocketsHttpHandler _handler;
    private readonly TtsClient _client;
    private readonly Changes _changes;
    private readonly Task _speaking;
    private volatile bool _isStopping;

    /// <param name="session">The call.</param>
    /// <param name="cluster">Where it speaks.</param>
    /// <param name="changes">Noted after each context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public DrillCaller(string session, DrillCluster cluster, Changes changes, CancellationToken cancellationToken)
    {
        (Session, _changes, _handler) = (session, changes, cluster.CreateHandler());
        _client = new TtsClient(new TtsClientOptions { BaseUrl = DrillCluster.AnyApi, ApiKey = DrillCluster.Key, Session = session, Handler = _handler });
        _speaking = SpeakAsync(cancellationToken);
    }

    public string Session { get; }

    /// <summary>The contexts that have ended.</summary>
    public IReadOnlyCollection<SpokenContext> Spoken => _spoken;

    /// <summary>Opens no more contexts; completes when the last one has ended.</summary>
    public Task StopAsync()
    {
        _isStopping = true;
        return _speaking;
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        await _client.DisposeAsync();
        await _speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _handler.Dispose();
    }

    private async Task SpeakAsync(CancellationToken cancellationToken)
    {
        for (var round = 0; !_isStopping && !cancellationToken.IsCancellationRequested; round++)
        {
            _spoken.Enqueue(await SpeakAsync(string.Create(CultureInfo.InvariantCulture, $"context-{round}"), DrillText.Segments(Session, round), cancellationToken));
            _changes.Note();
        }
    }

    private async Task<SpokenContext> SpeakAsync(string id, IReadOnlyList<string> segments, CancellationToken cancellationToken)
    {
        await using var context = _client.OpenContext(new TtsContextOptions { ContextId = id, Voice = "drill", Format = Format, MaxBufferDelayMs = 0 });
        var audio = new MemoryStream();
        var playout = new Playout(Format);
        string? error = "it did not end";
        try
        {
            var pushing = PushAsync(context, segments, cancellationToken);
            await foreach (var item in context.ReadAsync(cancellationToken))
            {
                if (item is AudioEvent { Audio: var chunk })
                {
                    playout.OnAudio(chunk.Length, Stopwatch.GetTimestamp());
                    audio.Write(chunk.Span);
                }

                error = item is DoneEvent ? null : error;
            }

            await pushing;
        }
        catch (TtsException e)
        {
            error = e.Code ?? e.Message;
        }

        return new SpokenContext(Session, id, segments, audio.ToArray(), error, playout.LongestPause);
    }

    private static async Task PushAsync(TtsContext context, IReadOnlyList<string> segments, CancellationToken cancellationToken)
    {
        foreach (var segment in segments)
        {
            await context.PushAsync(segment, cancellationToken: cancellationToken);
            if (segment != segments[^1])
            {
                await context.FlushAsync(cancellationToken);
            }
        }

        await context.CompleteAsync(cancellationToken);
    }
}
