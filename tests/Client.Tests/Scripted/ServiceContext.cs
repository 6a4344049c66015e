using System.Text;
using System.Text.Json;

namespace TtsGrains.Client.Tests.Scripted;

/// <summary>One context of a <see cref="ScriptedService"/>: says each text as its own UTF-8 bytes, eight of them in a chunk.</summary>
internal sealed class ServiceContext(string id)
{
    private const int BytesPerChunk = 8;

    private readonly List<string> _log = [];
    private int _flushId = 1;
    private int _inputs;

    public string Id => id;

    /// <summary>Its frames, with their offsets.</summary>
    public IReadOnlyList<string> Log => _log;

    /// <summary>All text that was taken.</summary>
    public string Text { get; private set; } = "";

    public bool IsCancelled { get; set; }

    /// <summary>The socket that its frames go to.</summary>
    public ServiceSocket? Owner { get; set; }

    /// <summary>Takes an input and says it.</summary>
    public void Take(JsonElement message)
    {
        if (message.TryGetProperty("input", out var number))
        {
            if (number.GetInt32() < _inputs)
            {
                return;
            }

            Assert.Equal(_inputs, number.GetInt32());
        }

        _inputs++;
        var text = message.GetProperty("transcript").GetString()!;
        Text += text;
        foreach (var chunk in Encoding.UTF8.GetBytes(text).Chunk(BytesPerChunk))
        {
            Append("chunk", $",\"step_time\":1.5,\"flush_id\":{_flushId},\"data\":\"{Convert.ToBase64String(chunk)}\"");
        }

        if (message.TryGetProperty("flush", out var flush) && flush.GetBoolean())
        {
            Append("flush_done", $",\"data\":\"\",\"flush_id\":{_flushId++},\"flush_done\":true");
        }

        if (!message.GetProperty("continue").GetBoolean())
        {
            Append("done", "");
        }
    }

    private void Append(string type, string more)
    {
        var isDone = type == "done" ? "true" : "false";
        _log.Add($"{{\"type\":\"{type}\",\"context_id\":{JsonSerializer.Serialize(id)},\"offset\":{_log.Count},\"status_code\":206,\"done\":{isDone}{more}}}");
        Owner?.Send(_log[^1]);
    }
}
