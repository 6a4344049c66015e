using System.Text.Json;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Clients;

/// <summary>What a client heard of one life of one context. Adding a frame checks the order that a context promises.</summary>
public sealed class HeardContext(string id)
{
    private readonly List<JsonElement> _frames = [];
    private readonly List<(int FlushId, byte[] Audio)> _chunks = [];
    private double _lastStart;
    private int _flushesBefore;

    public string Id => id;

    public IReadOnlyList<JsonElement> Frames => _frames;

    /// <summary>How many flushes were reported.</summary>
    public int FlushesDone { get; private set; }

    /// <summary>The terminal frame; null while there is none.</summary>
    public JsonElement? End { get; private set; }

    /// <summary>Whether the server has read a cancel of it: from then on it must be silent.</summary>
    public bool IsMuted { get; internal set; }

    /// <summary>Whether the client has sent something for the same id since the end.</summary>
    internal bool IsFollowed { get; set; }

    public string? ErrorCode => End?.GetProperty("type").GetString() == "error" ? End.Value.GetProperty("error_code").GetString() : null;

    public bool IsDone => End?.GetProperty("type").GetString() == "done";

    public byte[] Audio => [.. _chunks.SelectMany(chunk => chunk.Audio)];

    /// <summary>The text that the audio was made of.</summary>
    public string Text => ScriptedAudio.TextOf(Audio);

    /// <summary>The audio of each segment, by its number from 1.</summary>
    public byte[] AudioOf(int flushId) => [.. _chunks.Where(chunk => chunk.FlushId == flushId).SelectMany(chunk => chunk.Audio)];

    /// <summary>The words with their starts, s.</summary>
    public IReadOnlyList<(string Word, double Start)> Words =>
    [
        .. _frames.Where(frame => frame.TryGetProperty("word_timestamps", out _)).Select(frame => frame.GetProperty("word_timestamps"))
            .SelectMany(times => times.GetProperty("words").EnumerateArray().Zip(times.GetProperty("start").EnumerateArray()))
            .Select(pair => (pair.First.GetString()!, pair.Second.GetDouble())),
    ];

    internal void Add(JsonElement frame)
    {
        var type = frame.GetProperty("type").GetString();
        Assert.False(IsMuted, $"After its cancel was read, {id} got {frame}");
        Assert.True(End is null, $"After its end, {id} got {frame}");
        var isResumed = _frames.Count == 0 && frame.TryGetProperty("offset", out var offset) && offset.GetInt32() > 0;
        _frames.Add(frame);
        if (frame.TryGetProperty("flush_id", out var flushId))
        {
            // Who comes back in the middle of a context has heard of some flushes before.
            _flushesBefore = isResumed ? flushId.GetInt32() - 1 : _flushesBefore;
            Assert.Equal(_flushesBefore + FlushesDone + 1, flushId.GetInt32());
        }

        switch (type)
        {
            case "chunk":
                _chunks.Add((flushId.GetInt32(), frame.GetProperty("data").GetBytesFromBase64()));
                break;
            case "timestamps":
                foreach (var start in frame.GetProperty("word_timestamps").GetProperty("start").EnumerateArray())
                {
                    Assert.True(start.GetDouble() >= _lastStart, $"Times of {id} go back: {frame}");
                    _lastStart = start.GetDouble();
                }

                break;
            case "flush_done":
                FlushesDone++;
                break;
            case "done" or "error":
                End = frame;
                break;
        }
    }
}
