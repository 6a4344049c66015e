using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TtsGrains.Cluster.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.Cluster.Tests.Upstreams;

/// <summary>A client with many contexts on one socket of a cluster: what each said is known by its audio, which spells the text.</summary>
internal sealed class Speaker : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<string, List<byte>> _audio = new();
    private readonly ConcurrentDictionary<string, string> _ends = new();
    private readonly Changes _changes = new();
    private Task _reading = Task.CompletedTask;

    /// <param name="api">The API host.</param>
    /// <param name="session">The session's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="traceParent">The span of the client; null for none.</param>
    public static async Task<Speaker> ConnectAsync(Member api, string session, CancellationToken cancellationToken, string? traceParent = null)
    {
        var speaker = new Speaker();
        speaker._socket.Options.SetRequestHeader("X-API-Key", Member.Key);
        if (traceParent is not null)
        {
            speaker._socket.Options.SetRequestHeader("traceparent", traceParent);
        }

        await speaker._socket.ConnectAsync(new Uri($"{api.WebSocket}?session_id={session}"), cancellationToken);
        speaker._reading = speaker.ReadAsync(cancellationToken);
        return speaker;
    }

    /// <summary>What a context has said so far.</summary>
    public string TextOf(string context)
    {
        if (!_audio.TryGetValue(context, out var audio))
        {
            return "";
        }

        lock (audio)
        {
            return ScriptedAudio.TextOf(audio.ToArray());
        }
    }

    /// <summary>How a context ended; null while it has not.</summary>
    public string? EndOf(string context) => _ends.GetValueOrDefault(context);

    public Task WhenAsync(Func<bool> isEnough, CancellationToken cancellationToken) => _changes.WhenAsync(isEnough, cancellationToken);

    public async Task PushAsync(string context, string text, bool more, CancellationToken cancellationToken)
    {
        var message = new JsonObject
        {
            ["context_id"] = context,
            ["model_id"] = "sonic-3",
            ["transcript"] = text,
            ["voice"] = new JsonObject { ["mode"] = "id", ["id"] = "voice-1" },
            ["output_format"] = new JsonObject { ["container"] = "raw", ["encoding"] = "pcm_s16le", ["sample_rate"] = 8000 },
            ["continue"] = more,
            ["max_buffer_delay_ms"] = 0,
        };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                message.Write(buffer, 0, received.Count);
                if (received.EndOfMessage)
                {
                    using var frame = JsonDocument.Parse(message.ToArray());
                    message.SetLength(0);
                    OnFrame(frame.RootElement);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or JsonException)
        {
            _changes.Note();
        }
    }

    private void OnFrame(JsonElement frame)
    {
        var context = frame.GetProperty("context_id").GetString()!;
        switch (frame.GetProperty("type").GetString())
        {
            case "chunk":
                var audio = _audio.GetOrAdd(context, _ => []);
                lock (audio)
                {
                    audio.AddRange(frame.GetProperty("data").GetBytesFromBase64());
                }

                break;
            case "done":
                _ends[context] = "done";
                break;
            case "error":
                _ends[context] = frame.GetRawText();
                break;
            default:
                break;
        }

        _changes.Note();
    }
}
