using System.Buffers;
using TtsGrains.ApiHost.Tenants;
using TtsGrains.ApiHost.Tts;
using TtsGrains.Audio;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// <c>GET /v1/sessions/{session}/audio.wav</c>: the contexts of a session one after the other, as one WAV stream that any player opens. While the
/// session goes on, so does the stream.
/// </summary>
internal static class WavEndpoint
{
    public static async Task ServeAsync(HttpContext http, string session, TenantDirectory tenants, Listenings listenings, IHostApplicationLifetime lifetime)
    {
        if (await ListenEndpoint.OpenAsync(http, session, tenants, listenings, isSequential: true) is not var (listening, query))
        {
            return;
        }

        await using (listening)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
            http.Response.ContentType = Wav.ContentType;
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers["X-Accel-Buffering"] = "no";
            await http.Response.StartAsync(ending.Token);
            try
            {
                await WriteAsync(http, listening, query, ending.Token);
            }
            catch (OperationCanceledException)
            {
                // The listener has left, or the host stops.
            }
        }
    }

    private static async Task WriteAsync(HttpContext http, Listening listening, ListenQuery query, CancellationToken ending)
    {
        var output = http.Response.BodyWriter;
        var voice = default((string ContextKey, AudioFormat Format, Transcoder Transcoder)?);
        var form = default(AudioFormat?);
        await foreach (var piece in listening.ReadAllAsync(ending))
        {
            if (piece.Frames is not { Batch: var batch })
            {
                continue;
            }

            if (form is not { } wanted)
            {
                // The first context decides what was left open; a stream cannot change its form on the way.
                wanted = query.ToWanted(batch.Format);
                form = wanted;
                output.Advance(StreamingWav.WriteHeader(output.GetSpan(Wav.HeaderLength(wanted.Encoding)), wanted));
            }

            if (voice is not { } speaking || speaking.ContextKey != batch.ContextKey)
            {
                output.Write(voice?.Transcoder.Drain());
                voice = speaking = (batch.ContextKey, batch.Format, new Transcoder(batch.Format, wanted));
            }

            foreach (var frame in batch.Frames.Skip(piece.From - batch.From).Where(frame => frame.Kind == FrameKind.Chunk))
            {
                output.Write(speaking.Transcoder.Write(HeardFrames.Decode(frame)));
                if (output.UnflushedBytes >= SseEndpoint.MostUnflushed)
                {
                    await output.FlushAsync(ending);
                }
            }

            await output.FlushAsync(ending);
        }

        output.Write(voice?.Transcoder.Drain());
        await output.FlushAsync(ending);
    }
}
