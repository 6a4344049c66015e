using System.Buffers;
using System.Text;
using TtsGrains.ApiHost.Http;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// Serves a listener with server-sent events as <c>EventSource</c> expects them: each event has an id to continue from, and a comment is sent in each
/// interval of silence, so that proxies keep the connection.
/// </summary>
internal sealed class EventStreamWriter(HttpContext http, Listening listening, ListenQuery query, TimeSpan keepAliveInterval, TimeProvider time)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly ListenerEventRenderer _frames = new(query, listening.Prefix);
    private readonly EventIds _ids = new(query);

    public async Task WriteAsync(CancellationToken ending)
    {
        await EventStream.StartAsync(http);
        var output = http.Response.BodyWriter;

        await using var pieces = listening.ReadAllAsync(ending).GetAsyncEnumerator(ending);
        var next = pieces.MoveNextAsync().AsTask();
        if (next is { IsCompletedSuccessfully: true, Result: true } && pieces.Current is { Track: null, Bookmark: { } start })
        {
            _ids.OnBookmark(start);
        }

        // The first id, without an event: a listener that is lost before the first event continues here too.
        output.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant($"retry: {RetryDelay.TotalMilliseconds}\nid: {_ids.Current}\n\n")));
        await FlushAsync(next, ending);
        while (await Silence.BreakAsync(new ValueTask<bool>(next), keepAliveInterval, time, () => SendCommentAsync(ending)))
        {
            foreach (var heard in _frames.Render(pieces.Current))
            {
                Note(heard, pieces.Current);
                if (heard.Bookmark is null || query.WantsBookmarks)
                {
                    EventStream.WriteEvent(output, heard.Name, heard.Json.Span, _ids.Current);
                    listening.RecordSent();
                }

                if (output.UnflushedBytes >= EventStream.MostUnflushed)
                {
                    await output.FlushAsync(ending);
                }
            }

            await output.FlushAsync(ending);
            next = pieces.MoveNextAsync().AsTask();
        }
    }

    /// <summary>Writes a last event.</summary>
    public async Task WriteErrorAsync(ProtocolError error, string requestId, CancellationToken ending)
    {
        EventStream.WriteEvent(http.Response.BodyWriter, "error"u8, listening.Prefix.RenderError(error, requestId));
        await http.Response.BodyWriter.FlushAsync(ending);
    }

    // The pieces must not be disposed of while the next one is awaited.
    private async Task FlushAsync(Task<bool> next, CancellationToken ending)
    {
        try
        {
            await http.Response.BodyWriter.FlushAsync(ending);
        }
        catch (OperationCanceledException)
        {
            await next;
            throw;
        }
    }

    private async Task SendCommentAsync(CancellationToken ending)
    {
        EventStream.WriteComment(http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(ending);
    }

    private void Note(ListenerEvent heard, ListenerEventPart piece)
    {
        if (heard.Bookmark is { } bookmark)
        {
            _ids.OnBookmark(bookmark);
        }
        else if (piece is { Track: { } track, Frames: null })
        {
            _ids.OnGap(track.ContextId, piece.From, piece.GapTo);
        }
        else
        {
            _ids.OnFrame(piece.Track!.ContextId, heard.Next, heard.Kind);
        }
    }
}
