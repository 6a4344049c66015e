using System.Collections.Concurrent;
using System.Diagnostics;
using TtsGrains.Cli.Cluster;
using TtsGrains.Client;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Faults;

/// <summary>
/// One call: a socket of the .NET client, on which several lines speak one context after the other until they are told to stop. The client
/// reconnects automatically when its host is gone; nothing here helps it.
/// </summary>
internal sealed class Caller : IAsyncDisposable
{
    public static readonly AudioFormat Format = new(AudioEncoding.PcmS16Le, 8000);

    private readonly string _session;
    private readonly Changes _changes;
    private readonly SocketsHttpHandler _handler;
    private readonly TtsClient _client;
    private readonly ConcurrentQueue<Utterance> _spoken = new();
    private readonly Task[] _lines;
    private readonly int[] _rounds;
    private readonly bool[] _haveSpoken;
    private volatile bool _isStopping;

    public Caller(string session, int lines, Balancer balancer, Changes changes, CancellationToken cancellationToken)
    {
        (_session, _changes, _handler) = (session, changes, balancer.CreateHandler());
        _client = new TtsClient(new TtsClientOptions { BaseUrl = new Uri("http://cluster.test"), ApiKey = Member.Key, Session = session, Handler = _handler });
        (_rounds, _haveSpoken) = (new int[lines], new bool[lines]);
        _lines = [.. Enumerable.Range(0, lines).Select(line => SpeakAsync(line, cancellationToken))];
    }

    /// <summary>What was spoken so far, to its end.</summary>
    public IReadOnlyCollection<Utterance> Spoken => _spoken;

    /// <summary>How many contexts the slowest line has spoken.</summary>
    public int Rounds => _rounds.Min();

    /// <summary>True once all lines have heard audio.</summary>
    public bool IsSpeaking => _haveSpoken.All(hasSpoken => hasSpoken);

    /// <summary>Opens no more contexts, and completes when those that are open have ended.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        await Task.WhenAll(_lines);
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        await _client.DisposeAsync();
        await Task.WhenAll(_lines).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _handler.Dispose();
    }

    private async Task SpeakAsync(int line, CancellationToken cancellationToken)
    {
        while (!_isStopping)
        {
            var context = $"line-{line}-{_rounds[line]}";
            string[] segments =
            [
                $"{_session}, {context}: the parcel with the blue ribbon left the house this morning, and so did the second one. Both are on the list "
                    + "of deliveries for today, between the garden chairs and the piano, which has to wait until the repair of the stairs is complete. ",
                $"Both of them are expected at their new places before the evening of day {_rounds[line]} comes, the one with the ribbon first, and somebody "
                    + "should be at the door, since the bell does not ring when it rains.",
            ];
            _spoken.Enqueue(await SpeakAsync(context, segments, () => NoteAudio(line), cancellationToken));
            _rounds[line]++;
            _changes.Note();
        }
    }

    private void NoteAudio(int line)
    {
        if (!_haveSpoken[line])
        {
            _haveSpoken[line] = true;
            _changes.Note();
        }
    }

    private async Task<Utterance> SpeakAsync(string id, string[] segments, Action onAudio, CancellationToken cancellationToken)
    {
        await using var context = _client.OpenContext(new TtsContextOptions { ContextId = id, Voice = "voice-1", Format = Format, MaxBufferDelayMs = 0 });
        var pushing = PushAsync(context, segments, cancellationToken);
        var audio = new MemoryStream();
        var end = "no end";
        long? before = null;
        var longest = TimeSpan.Zero;
        try
        {
            await foreach (var item in context.ReadAsync(cancellationToken))
            {
                if (item is AudioEvent { Audio: var chunk })
                {
                    longest = before is { } at && Stopwatch.GetElapsedTime(at) > longest ? Stopwatch.GetElapsedTime(at) : longest;
                    before = Stopwatch.GetTimestamp();
                    audio.Write(chunk.Span);
                    onAudio();
                }

                end = item is DoneEvent ? "done" : end;
            }

            await pushing;
        }
        catch (TtsException e)
        {
            end = e.Message;
        }

        return new Utterance(_session, id, segments, HeardIn(audio), end, longest);
    }

    private static async Task PushAsync(TtsContext context, string[] segments, CancellationToken cancellationToken)
    {
        foreach (var segment in segments)
        {
            // As a language model writes it: some words at a time.
            var half = segment.IndexOf(' ', segment.Length / 2) + 1;
            await context.PushAsync(segment[..half], cancellationToken: cancellationToken);
            await context.PushAsync(segment[half..], cancellationToken: cancellationToken);
            if (segment != segments[^1])
            {
                await context.FlushAsync(cancellationToken);
            }
        }

        await context.CompleteAsync(cancellationToken);
    }

    private static string HeardIn(MemoryStream audio)
    {
        try
        {
            return ScriptedAudio.TextOf(audio.ToArray());
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return e.Message;
        }
    }
}
