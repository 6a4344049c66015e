using TtsGrains.LocalVoice.Buffering;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>The text of a context that is not planned yet, and the deadline after which it is spoken as it is. Not thread-safe.</summary>
internal sealed class PendingText
{
    /// <summary>How long text without a space behind it waits for the rest of its last word.</summary>
    private static readonly TimeSpan SettleDelay = TimeSpan.FromMilliseconds(50);

    private readonly SpeechPlan _plan = new();
    private readonly TextBuffer _buffer;
    private readonly long _bufferDelay;
    private readonly long _settleDelay;
    private GenerationConfig _config;

    /// <param name="opening">The message that opens the context; it is not added.</param>
    /// <param name="settings">What that message fixes.</param>
    /// <param name="time">The clock of the deadline.</param>
    public PendingText(ClientMessage opening, SpeechSettings settings, TimeProvider time)
    {
        _config = GenerationConfig.Open(opening);
        _buffer = new TextBuffer(managed: settings.MaxBufferDelayMs > 0);
        _bufferDelay = settings.MaxBufferDelayMs * time.TimestampFrequency / 1000;
        _settleDelay = (long)(SettleDelay.TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>When <see cref="Release"/> is due; a timestamp.</summary>
    public long ReleaseAt { get; private set; } = long.MaxValue;

    /// <summary>True if text waits for its deadline.</summary>
    public bool HasReleasable => _buffer.HasReleasable;

    /// <summary>Adds the text of a message.</summary>
    /// <returns>What can be spoken now.</returns>
    public List<SpeechItem> Add(ClientMessage message, long now)
    {
        var wasEmpty = !_buffer.HasReleasable;
        _config = _config.Change(message);
        var transcript = message.Transcript ?? "";
        var text = message.Flush || !message.Continue ? _buffer.AddLast(transcript) : _buffer.Add(transcript);
        var due = now + (_buffer.IsSettling ? _settleDelay : _bufferDelay);
        ReleaseAt = !_buffer.HasReleasable ? long.MaxValue : wasEmpty || !text.IsEmpty ? due : Math.Min(ReleaseAt, due);
        return Plan(text);
    }

    /// <summary>Takes what is spoken although more may follow.</summary>
    public List<SpeechItem> Release(long now)
    {
        var items = Plan(_buffer.TakeAfterDelay());
        ReleaseAt = _buffer.HasReleasable ? now + _bufferDelay : long.MaxValue;
        return items;
    }

    /// <summary>Takes everything: an unfinished tag is text after all.</summary>
    public List<SpeechItem> TakeAll() => Plan(_buffer.TakeAll());

    /// <summary>Nothing is released any more.</summary>
    public void Stop() => ReleaseAt = long.MaxValue;

    private List<SpeechItem> Plan(BufferedText text) => _plan.Add(text, _config);
}
