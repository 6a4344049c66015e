using System.Net.WebSockets;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.Cli.Bench;

/// <summary>One socket of the scripted upstream.</summary>
internal sealed class ScriptedSocket(WebSocket socket, Pacer pacer)
{
    private readonly Lock _gate = new();

    /// <summary>Answers until the other side leaves.</summary>
    public async Task RunAsync()
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            if (result.EndOfMessage && ClientMessageParser.Parse(buffer.AsSpan(0, result.Count), out var message) is null && !message.IsCancel)
            {
                var speech = new PacedSpeech(this, message.ContextId!, BenchScript.ChunksIn(message.Transcript!));
                if (speech.SendNext())
                {
                    pacer.Add(speech);
                }
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
}
