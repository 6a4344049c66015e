using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TtsGrains.LocalVoice.Tests.Server;

/// <summary>A client on a real socket that sends JSON and reads frames, one at a time.</summary>
internal sealed class VoiceClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1 << 20];

    public ClientWebSocket Socket => _socket;

    public static async Task<VoiceClient> ConnectAsync(LocalVoiceServer server, CancellationToken cancellationToken)
    {
        var client = new VoiceClient();
        await client._socket.ConnectAsync(server.WebSocketUrl, cancellationToken);
        return client;
    }

    /// <summary>A request with everything that one needs; <paramref name="more"/> adds members or replaces them.</summary>
    public static JsonObject Request(string context, string transcript, bool more = false, Action<JsonObject>? change = null)
    {
        var request = new JsonObject
        {
            ["context_id"] = context,
            ["model_id"] = "sonic-3",
            ["transcript"] = transcript,
            ["voice"] = "voice-1",
            ["output_format"] = new JsonObject { ["container"] = "raw", ["encoding"] = "pcm_s16le", ["sample_rate"] = 8000 },
            ["continue"] = more,
        };
        change?.Invoke(request);
        return request;
    }

    public Task SendAsync(JsonObject message, CancellationToken cancellationToken) => SendTextAsync(message.ToJsonString(), cancellationToken);

    public Task SendTextAsync(string message, CancellationToken cancellationToken)
        => _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>The next frame; null when the server has closed.</summary>
    public async Task<Frame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += received.Count;
            if (received.EndOfMessage)
            {
                return new Frame(JsonSerializer.Deserialize<JsonElement>(_buffer.AsSpan(0, length)));
            }
        }
    }

    /// <summary>Frames up to and with the first one that is wanted.</summary>
    public async Task<List<Frame>> ReceiveUntilAsync(Func<Frame, bool> wanted, CancellationToken cancellationToken)
    {
        var frames = new List<Frame>();
        do
        {
            frames.Add(await ReceiveAsync(cancellationToken) ?? throw new InvalidOperationException($"The server closed after {frames.Count} frames."));
        }
        while (!wanted(frames[^1]));
        return frames;
    }

    /// <summary>All frames up to the end of a context.</summary>
    public Task<List<Frame>> ReceiveContextAsync(string context, CancellationToken cancellationToken)
        => ReceiveUntilAsync(frame => frame.Context == context && frame.Type is "done" or "error", cancellationToken);

    /// <summary>Sends one request and gives its whole audio.</summary>
    public async Task<byte[]> SpeakAsync(JsonObject request, CancellationToken cancellationToken)
    {
        await SendAsync(request, cancellationToken);
        return AudioOf(await ReceiveContextAsync(request["context_id"]!.GetValue<string>(), cancellationToken));
    }

    public static byte[] AudioOf(IEnumerable<Frame> frames) => [.. frames.Where(f => f.Type == "chunk").SelectMany(f => f.Audio)];

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A message of the server.</summary>
internal sealed record Frame(JsonElement Json)
{
    public string Type => Json.GetProperty("type").GetString()!;

    public string? Context => Json.TryGetProperty("context_id", out var id) ? id.GetString() : null;

    public int? FlushId => Json.TryGetProperty("flush_id", out var id) ? id.GetInt32() : null;

    public byte[] Audio => Json.GetProperty("data").GetBytesFromBase64();

    public string? ErrorCode => Json.GetProperty("error_code").GetString();

    public string Message => Json.GetProperty("message").GetString()!;

    public List<(string Text, double Start, double End)> Words => Read("word_timestamps", "words");

    public List<(string Text, double Start, double End)> Phonemes => Read("phoneme_timestamps", "phonemes");

    private List<(string Text, double Start, double End)> Read(string member, string texts)
    {
        var times = Json.GetProperty(member);
        var (starts, ends) = (times.GetProperty("start"), times.GetProperty("end"));
        return [.. times.GetProperty(texts).EnumerateArray().Select((text, i) => (text.GetString()!, starts[i].GetDouble(), ends[i].GetDouble()))];
    }
}
