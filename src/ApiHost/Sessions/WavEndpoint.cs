using System.Buffers;
using System.ComponentModel;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using TtsGrains.ApiHost.Http;
using TtsGrains.ApiHost.OpenApi;
using TtsGrains.Audio;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>
/// <c>GET /v1/sessions/{session}/audio.wav</c>: the contexts of a session one after the other, as one WAV stream that any player opens. While the
/// session is live, so is the stream.
/// </summary>
internal static class WavEndpoint
{
    /// <summary>What the API's description says of it.</summary>
    public const string Help = """
        The contexts of the session one after the other. While the session is live, so is the stream; its header has no length. The first context decides the form
        unless the query does. Frames that are no longer available are left out. In each 15 s without speech the stream gets 20 ms of silence, or a JUNK chunk as long as it has no form yet.
        """;

    public static async Task ServeAsync(
        HttpContext http,
        string session,
        Listenings listenings,
        IOptions<ListenerOptions> options,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        [Description(ListenQuery.FromHelp), Query(JsonSchemaType.Array, Name = "from")] string[]? from = null,
        [Description(WantedFormat.EncodingHelp), Query(Name = "encoding", Values = ["pcm_f32le", "pcm_s16le", "pcm_mulaw", "pcm_alaw"])] string? encoding = null,
        [Description(WantedFormat.SampleRateHelp), Query(JsonSchemaType.Integer, Name = "sample_rate", Numbers = [8000, 16000, 22050, 24000, 44100, 48000])] string? sampleRate = null)
    {
        var malformed = ListenQuery.TryRead(from, encoding, sampleRate, since: null, out var query);
        if (await ListenEndpoint.OpenAsync(http, session, listenings, malformed, query, isSequential: true) is not { } listening)
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
                await WriteAsync(http, listening, query, options.Value.KeepAliveInterval, time, ending.Token);
            }
            catch (OperationCanceledException)
            {
                // The listener has left, or the host stops.
            }
        }
    }

    private static async Task WriteAsync(
        HttpContext http, Listening listening, ListenQuery query, TimeSpan keepAliveInterval, TimeProvider time, CancellationToken ending)
    {
        var wav = new SilentWav();
        var output = http.Response.BodyWriter;
        await output.FlushAsync(ending);
        var voice = default((string ContextKey, AudioFormat Format, Transcoder Transcoder)?);
        var form = default(AudioFormat?);
        await using var pieces = listening.ReadAllAsync(ending).GetAsyncEnumerator(ending);
        while (await Silence.BreakAsync(pieces.MoveNextAsync(), keepAliveInterval, time, SendSilenceAsync))
        {
            var piece = pieces.Current;
            if (piece.Frames is not { Batch: var batch })
            {
                continue;
            }

            if (form is not { } wanted)
            {
                // The first context decides what was left open; a stream cannot change its form on the way.
                wanted = query.Wanted.Of(batch.Format);
                form = wanted;
                wav.WriteHeader(output, wanted);
            }

            if (voice is not { } speaking || speaking.ContextKey != batch.ContextKey)
            {
                output.Write(voice?.Transcoder.Drain());
                voice = speaking = (batch.ContextKey, batch.Format, new Transcoder(batch.Format, wanted));
            }

            foreach (var frame in batch.Frames.Skip(piece.From - batch.From).Where(frame => frame.Kind == FrameKind.Chunk))
            {
                output.Write(speaking.Transcoder.Write(ListenerEventRenderer.Decode(frame)));
                listening.RecordSent();
                if (output.UnflushedBytes >= EventStream.MostUnflushed)
                {
                    await output.FlushAsync(ending);
                }
            }

            await output.FlushAsync(ending);
        }

        output.Write(voice?.Transcoder.Drain());
        await output.FlushAsync(ending);

        async Task SendSilenceAsync()
        {
            wav.WriteSilence(output);
            await output.FlushAsync(ending);
        }
    }
}
