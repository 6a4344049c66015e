using TtsGrains.LocalVoice.Voices;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>
/// One utterance: text comes in from the socket's reader, is spoken on the synthesis thread, and leaves through the socket's writer,
/// which asks for what is due. Thread-safe.
/// </summary>
internal sealed class VoiceContext
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Action<VoiceContext> _wake;
    private readonly long _expiry;
    private readonly PendingText _text;
    private readonly FrameQueue _frames;
    private readonly ContextSpeech _speech;
    private int _segment = 1;
    private long _lastActive;
    private bool _inputEnded;
    private bool _dropped;

    /// <param name="id">Its id on the socket.</param>
    /// <param name="writer">Writes its frames.</param>
    /// <param name="message">The message that opens it.</param>
    /// <param name="settings">What that message fixes.</param>
    /// <param name="voice">Who speaks.</param>
    /// <param name="host">What all contexts of a server share.</param>
    /// <param name="wake">Told when a frame or a deadline may have become due earlier.</param>
    public VoiceContext(
        string id, ServerFrameWriter writer, ClientMessage message, SpeechSettings settings, VoiceProfile voice, VoiceHost host, Action<VoiceContext> wake)
    {
        Id = id;
        Writer = writer;
        _time = host.Time;
        _wake = wake;
        _expiry = (long)(host.Options.ContextExpiry.TotalSeconds * host.Time.TimestampFrequency);
        _text = new PendingText(message, settings, host.Time);
        _frames = new FrameQueue(new Pace(host.Options.RealtimeFactor, host.Time.TimestampFrequency));
        _speech = new ContextSpeech(_gate, _frames, settings, voice, host, () => _wake(this), Fail);
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
            return _frames.PeekDue(now);
        }
    }

    /// <summary>When something is to be done or sent: a timestamp, 0 for at once.</summary>
    public long NextDue
    {
        get
        {
            lock (_gate)
            {
                return _frames.Due ?? (_speech.IsOver ? long.MaxValue : Math.Min(_text.ReleaseAt, IsIdle ? _lastActive + _expiry : long.MaxValue));
            }
        }
    }

    private bool IsIdle => !_inputEnded && _speech.IsIdle && !_text.HasReleasable && _frames.IsEmpty;

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

            _lastActive = _time.GetTimestamp();
            Enqueue(_text.Add(message, _lastActive));
            if (message.Flush)
            {
                _speech.Add(new SpeechItem.Flush(_segment++));
            }

            if (!message.Continue)
            {
                End();
            }

            _speech.Advance();
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
            _frames.Add(OutFrame.Failed(error));
        }

        _wake(this);
    }

    /// <summary>Does what has become due, and gives the next frame if it is due too.</summary>
    public bool TryTake(long now, out OutFrame frame)
    {
        lock (_gate)
        {
            if (_text.ReleaseAt <= now)
            {
                Enqueue(_text.Release(now));
                _speech.Advance();
            }
            else if (!_speech.IsOver && IsIdle && _lastActive + _expiry <= now)
            {
                Enqueue(_text.TakeAll());
                End();
                _speech.Advance();
            }

            if (!_frames.TryTake(now, out frame))
            {
                return false;
            }

            _lastActive = now;
            _dropped |= frame.IsTerminal;
            if (frame.Kind == FrameKind.Chunk)
            {
                _speech.Advance();
            }

            return true;
        }
    }

    private void Enqueue(List<SpeechItem> items)
    {
        foreach (var item in items)
        {
            _speech.Add(item);
        }
    }

    private void End()
    {
        _inputEnded = true;
        _speech.Add(new SpeechItem.End());
    }

    private void Clear()
    {
        _dropped = true;
        _inputEnded = true;
        _text.Stop();
        _speech.Stop();
        _frames.Clear();
    }
}
