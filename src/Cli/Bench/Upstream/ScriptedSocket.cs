using System.Collections.Concurrent;
using System.Net.WebSockets;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Cli.Bench.Upstream;

/// <summary>One socket of the scripted upstream.</summary>
internal sealed class ScriptedSocket(WebSocket socket, Pacer pacer)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, PacedSpeech> _speeches = new();

    /// <summary>Answers until the other side leaves.</summary>
    public async Task RunAsync()
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            length += result.Count;
            if (result.EndOfMessage)
            {
                Take(buffer.AsSpan(0, length));
                length = 0;
            }
        }
    }

    /// <summary>Sends at once, on the calling thread.</summary>
    public void Send(byte[] message)
    {
        lock (_gate)
        {
            socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Drops a context that has ended.</summary>
    public void Forget(string contextId) => _speeches.TryRemove(contextId, out _);

    private void Take(ReadOnlySpan<byte> text)
    {
        if (ClientMessageParser.Parse(text, out var message) is not null || message.ContextId is not { } id)
        {
            return;
        }

        if (message.IsCancel)
        {
            if (_speeches.TryGetValue(id, out var cancelled))
            {
                cancelled.Cancel();
            }

            return;
        }

        if (!message.HasText && _speeches.ContainsKey(id))
        {
            // The end of the text of a context that is speaking.
            return;
        }

        var format = message.HasOutputFormat && message.Encoding != AudioEncoding.None ? new AudioFormat(message.Encoding, message.SampleRate) : BenchScript.Telephone;
        var speech = new PacedSpeech(this, id, message.HasText ? BenchScript.ChunksIn(message.Transcript!) : 0, format);
        _speeches[id] = speech;
        if (speech.SendNext())
        {
            pacer.Add(speech);
        }
    }
}
