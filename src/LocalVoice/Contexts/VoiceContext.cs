using Microsoft.Extensions.Logging;
using TtsGrains.LocalVoice.Buffering;
using TtsGrains.LocalVoice.Synthesis;
using TtsGrains.LocalVoice.Voices;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>
/// One utterance: text comes in from the socket's reader, is spoken on the synthesis thread, and leaves through the socket's writer,
/// which asks for what is due. Thread-safe.
/// </summary>
internal sealed partial class VoiceContext : ISynthesisJob
{
    /// <summary>How many seconds of delivery are made ahead, at most.</summary>
    private const double Lookahead = 2;

    /// <summary>How long text without a space behind it waits for the rest of its last word.</summary>
    private static readonly TimeSpan SettleDelay = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly LocalVoiceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<VoiceContext> _wake;
    private readonly TextBuffer _buffer;
    private readonly long _bufferDelay;
    private readonly Speaker _speaker;
    private readonly Pace _pace;
    private readonly SpeechPlan _plan = new();
    private readonly Queue<SpeechItem> _items = new();
    private readonly Queue<OutFrame> _frames = new();
    private GenerationConfig _config;
    private SpeechItem? _speaking;
    private int _segment = 1;
    private double _secondsWaiting;
    private long _releaseAt = long.MaxValue;
    private long _lastActive;
    private bool _inputEnded;
    private bool _over;
    private bool _dropped;

    /// <param name="id">Its id on the socket.</param>
    /// <param name="writer">Writes its frames.</param>
    /// <param name="message">The message that opens it.</param>
    /// <param name="settings">What that message fixes.</param>
    /// <param name="voice">Who speaks.</param>
    /// <param name="host">What all contexts of a server share.</param>
    /// <param name="wake">Told when a frame or a deadline may have become due earlier.</param>
    public VoiceContext(
        string id, ServerFrameWriter writer, ClientMessage message, ContextSettings settings, VoiceProfile voice, VoiceHost host, Action<VoiceContext> wake)
    {
        Id = id;
        Writer = writer;
        _options = host.Options;
        _time = host.Time;
        _logger = host.Logger;
        _wake = wake;
        _config = GenerationConfig.Open(message);
        _buffer = new TextBuffer(managed: settings.MaxBufferDelayMs > 0);
        _bufferDelay = settings.MaxBufferDelayMs * _time.TimestampFrequency / 1000;
        _speaker = new Speaker(settings, voice, host.Engine, host.Options, host.Time, Emit);
        _pace = new Pace(host.Options.RealtimeFactor, host.Time.TimestampFrequency);
        _lastActive = OpenedAt = host.Time.GetTimestamp();
        (Number, FirstText, Model) = (host.Faults.NextContext(), message.Transcript ?? "", settings.ModelId);
    }

    public string Id { get; }

    public ServerFrameWriter Writer { get; }

    /// <summary>When the socket's writer has it in its queue; belongs to the writer.</summary>
    public long QueuedFor { get; set; } = long.MaxValue;

    /// <summary>Counts the contexts of the server, from 1.</summary>
    public int Number { get; }

    /// <summary>The transcript that opened it.</summary>
    public string FirstText { get; }

    /// <summary>The model that the client named.</summary>
    public string Model { get; }

    /// <summary>When it was opened; a timestamp.</summary>
    public long OpenedAt { get; }

    /// <summary>How many frames were sent; belongs to the writer, as do the next two.</summary>
    public int FramesSent { get; set; }

    /// <summary>Until when a fault holds its frames back; a timestamp.</summary>
    public long HeldUntil { get; set; }

    /// <summary>How much a fault puts between two frames.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The kind of the frame that is the next to be sent; null when none is due.</summary>
    public FrameKind? PeekDue(long now)
    {
        lock (_gate)
        {
            return _frames.TryPeek(out var frame) && (frame.Kind != FrameKind.Chunk || _pace.Due <= now) ? frame.Kind : null;
        }
    }

    /// <summary>When something is to be done or sent: a timestamp, 0 for at once.</summary>
    public long NextDue
    {
        get
        {
            lock (_gate)
            {
                return _over && _frames.Count == 0 ? long.MaxValue
                    : _frames.TryPeek(out var frame) ? frame.Kind == FrameKind.Chunk ? _pace.Due : 0
                    : Math.Min(_releaseAt, IsIdle ? _lastActive + ToTimestamps(_options.ContextExpiry) : long.MaxValue);
            }
        }
    }

    private bool IsIdle => !_inputEnded && _speaking is null && _items.Count == 0 && !_buffer.HasReleasable && _frames.Count == 0;

    /// <summary>Takes a message of the client.</summary>
    public void Push(ClientMessage message)
    {
        lock (_gate)
        {
            if (_inputEnded)
            {
                // A second ending without text is a habit of some clients and harmless.
                if (message.HasText || message.Flush)
                {
                    Fail(ErrorCatalogue.ContextClosed);
                }

                return;
            }

            var now = _time.GetTimestamp();
            var wasEmpty = !_buffer.HasReleasable;
            _lastActive = now;
            _config = _config.Change(message);
            var transcript = message.Transcript ?? "";
            var text = message.Flush || !message.Continue ? _buffer.AddLast(transcript) : _buffer.Add(transcript);
            Say(text);
            if (message.Flush)
            {
                _items.Enqueue(new SpeechItem.Flush(_segment++));
            }

            if (!message.Continue)
            {
                End();
            }

            var due = now + (_buffer.IsSettling ? ToTimestamps(SettleDelay) : _bufferDelay);
            _releaseAt = !_buffer.HasReleasable ? long.MaxValue : wasEmpty || !text.IsEmpty ? due : Math.Min(_releaseAt, due);
            Advance();
        }

        _wake(this);
    }

    /// <summary>Drops everything; nothing more is sent.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            Clear();
        }
    }

    /// <summary>Ends it with an error; what waits is dropped.</summary>
    public void Fail(ProtocolError error)
    {
        lock (_gate)
        {
            if (_dropped)
            {
                return;
            }

            Clear();
            _frames.Enqueue(OutFrame.Failed(error));
        }

        _wake(this);
    }

    /// <summary>Does what has become due, and gives the next frame if it is due too.</summary>
    public bool TryTake(long now, out OutFrame frame)
    {
        lock (_gate)
        {
            if (_releaseAt <= now)
            {
                Say(_buffer.TakeAfterDelay());
                _releaseAt = _buffer.HasReleasable ? now + _bufferDelay : long.MaxValue;
                Advance();
            }
            else if (!_over && IsIdle && _lastActive + ToTimestamps(_options.ContextExpiry) <= now)
            {
                // An unfinished tag is text after all.
                Say(_buffer.TakeAll());
                End();
                Advance();
            }

            if (!_frames.TryPeek(out frame) || (frame.Kind == FrameKind.Chunk && _pace.Due > now))
            {
                return false;
            }

            _frames.Dequeue();
            _lastActive = now;
            _dropped |= frame.IsTerminal;
            if (frame.Kind == FrameKind.Chunk)
            {
                _pace.Sent(now, frame.Seconds);
                _secondsWaiting -= frame.Seconds;
                Advance();
            }

            return true;
        }
    }

    /// <summary>The synthesis thread's turn with it.</summary>
    public void Run()
    {
        SpeechItem? item;
        lock (_gate)
        {
            item = _speaking;
            if (item is null || _over)
            {
                return;
            }
        }

        try
        {
            if (item is SpeechItem.Clause clause)
            {
                _speaker.Speak(clause);
            }
            else if (item is SpeechItem.Silence silence)
            {
                _speaker.Rest(silence);
            }
        }
        catch (SpeechException e)
        {
            LogNotSpoken(_logger, e.Message);
            Fail(ErrorCatalogue.SpeechFailed);
        }
        catch (Exception e)
        {
            LogFailed(_logger, e);
            Fail(ErrorCatalogue.Internal);
        }

        lock (_gate)
        {
            _speaking = null;
            Advance();
        }

        _wake(this);
    }

    private void Say(BufferedText text)
    {
        foreach (var item in _plan.Add(text, _config))
        {
            _items.Enqueue(item);
        }
    }

    private void End()
    {
        _inputEnded = true;
        _items.Enqueue(new SpeechItem.End());
    }

    private void Advance()
    {
        while (!_over && _speaking is null && _items.TryPeek(out var item))
        {
            if (item is SpeechItem.Clause or SpeechItem.Silence)
            {
                if (_secondsWaiting < Lookahead * _pace.Factor)
                {
                    _items.Dequeue();
                    _speaking = item;
                    SynthesisThread.Shared.Enqueue(this, _pace.RunsOutAt(_time.GetTimestamp(), _secondsWaiting));
                }

                return;
            }

            _items.Dequeue();
            _speaker.EndSegment();
            if (item is SpeechItem.Flush flush)
            {
                _frames.Enqueue(OutFrame.FlushDone(flush.FlushId));
            }
            else
            {
                _frames.Enqueue(OutFrame.Done);
                _over = true;
            }
        }

        if (!_over && _speaking is null)
        {
            _speaker.Pause();
        }
    }

    private bool Emit(OutFrame frame)
    {
        bool first;
        lock (_gate)
        {
            if (_over)
            {
                frame.Release();
                return false;
            }

            first = _frames.Count == 0;
            _frames.Enqueue(frame);
            _secondsWaiting += frame.Seconds;
        }

        if (first)
        {
            _wake(this);
        }

        return true;
    }

    private void Clear()
    {
        _over = true;
        _dropped = true;
        _inputEnded = true;
        _releaseAt = long.MaxValue;
        _items.Clear();
        while (_frames.TryDequeue(out var frame))
        {
            frame.Release();
        }
    }

    private long ToTimestamps(TimeSpan duration) => (long)(duration.TotalSeconds * _time.TimestampFrequency);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A context ends with an error, since a clause of it could not be spoken: {Reason}")]
    private static partial void LogNotSpoken(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A clause could not be spoken.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
