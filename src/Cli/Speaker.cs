using System.Buffers;
using System.Buffers.Text;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using TtsGrains.Protocol;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Cli;

/// <summary>Speaks one context over a socket of its own.</summary>
internal static class Speaker
{
    /// <exception cref="SpeechFailedException">The service answered with an error, or left before it was done.</exception>
    /// <exception cref="WebSocketException">The service could not be reached.</exception>
    public static async Task<SpokenText> SpeakAsync(Uri url, string key, SpeechRequest speech, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        socket.Options.SetRequestHeader("Cartesia-Version", ApiVersion.Newest.ToString());
        await socket.ConnectAsync(SocketUrl(url), cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        await PushAsync(socket, speech, cancellationToken);
        var spoken = await ReceiveAsync(socket, started, cancellationToken);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        return spoken;
    }

    private static Uri SocketUrl(Uri url) => new UriBuilder(url)
    {
        Scheme = url.Scheme is "https" or "wss" ? "wss" : "ws",
        Path = url.AbsolutePath.TrimEnd('/') + "/tts/websocket",
    }.Uri;

    private static async Task PushAsync(ClientWebSocket socket, SpeechRequest speech, CancellationToken cancellationToken)
    {
        var settings = new ContextSettings
        {
            ModelId = speech.Model,
            VoiceId = speech.Voice,
            Container = AudioContainer.Raw,
            Format = speech.Format,
            MaxBufferDelayMs = ApiVersion.Newest.DefaultBufferDelayMs,
            PassThrough = Encoding.UTF8.GetBytes($",\"language\":\"{JsonEncodedText.Encode(speech.Language)}\""),
        };
        var writer = new UpstreamRequestWriter(Guid.NewGuid().ToString(), settings, ApiVersion.Newest);
        for (var i = 0; i < speech.Texts.Count; i++)
        {
            var isLast = i == speech.Texts.Count - 1;
            var message = new ArrayBufferWriter<byte>();
            writer.WritePush(message, speech.Texts[i], flush: !isLast, isLast, generationConfig: default);
            await socket.SendAsync(message.WrittenMemory, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken);
        }
    }

    private static async Task<SpokenText> ReceiveAsync(ClientWebSocket socket, long started, CancellationToken cancellationToken)
    {
        var segments = new SortedDictionary<int, ArrayBufferWriter<byte>>();
        var message = new ArrayBufferWriter<byte>();
        TimeSpan? first = null;
        while (true)
        {
            message.ResetWrittenCount();
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(message.GetMemory(16 * 1024), cancellationToken);
                message.Advance(result.Count);
            }
            while (!result.EndOfMessage);

            if (result.MessageType == WebSocketMessageType.Close)
            {
                throw new SpeechFailedException("the socket closed before the speech was done.");
            }

            if (TakeFrame(message.WrittenSpan, segments))
            {
                return new SpokenText(first ?? TimeSpan.Zero, segments.ToDictionary(segment => segment.Key, segment => segment.Value.WrittenSpan.ToArray()));
            }

            first ??= segments.Count > 0 ? TimeProvider.System.GetElapsedTime(started) : null;
        }
    }

    // Returns whether it was the last frame.
    private static bool TakeFrame(ReadOnlySpan<byte> message, SortedDictionary<int, ArrayBufferWriter<byte>> segments)
    {
        if (!ServerFrameParser.TryParse(message, out var frame))
        {
            return false;
        }

        if (frame.Kind == FrameKind.Error)
        {
            throw new SpeechFailedException(frame.ToError().Legacy);
        }

        if (frame.Kind == FrameKind.Chunk)
        {
            var flushId = frame.FlushId ?? 1;
            if (!segments.TryGetValue(flushId, out var audio))
            {
                segments[flushId] = audio = new ArrayBufferWriter<byte>();
            }

            Base64.DecodeFromUtf8(frame.Data, audio.GetSpan(Base64.GetMaxDecodedFromUtf8Length(frame.Data.Length)), out _, out var written);
            audio.Advance(written);
        }

        return frame.Kind == FrameKind.Done;
    }
}
