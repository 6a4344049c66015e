using Microsoft.Extensions.Logging;
using TtsGrains.LocalVoice.Synthesis;
using TtsGrains.LocalVoice.Voices;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Requests;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>
/// Speaks the planned items of a context in order, on the synthesis thread, into the context's frames. Except for <see cref="Run"/>, members are
/// called under the context's lock.
/// </summary>
internal sealed partial class ContextSpeech : ISynthesisJob
{
    private readonly Lock _gate;
    private readonly FrameQueue _frames;
    private readonly Speaker _speaker;
    private readonly Queue<SpeechItem> _items = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _wake;
    private readonly Action<ProtocolError> _fail;
    private SpeechItem? _speaking;

    /// <param name="gate">The context's lock.</param>
    /// <param name="frames">Receives the frames.</param>
    /// <param name="settings">Format and options of the context.</param>
    /// <param name="voice">Who speaks.</param>
    /// <param name="host">What all contexts of a server share.</param>
    /// <param name="wake">Called without the lock when a frame or a deadline may have become due earlier.</param>
    /// <param name="fail">Called without the lock when an item cannot be spoken.</param>
    public ContextSpeech(Lock gate, FrameQueue frames, SpeechSettings settings, VoiceProfile voice, VoiceHost host, Action wake, Action<ProtocolError> fail)
    {
        (_gate, _frames, _wake, _fail) = (gate, frames, wake, fail);
        (_time, _logger) = (host.Time, host.Logger);
        _speaker = new Speaker(settings, voice, host.Engine, host.Options, host.Time, Emit);
    }

    /// <summary>True if no more frames are made.</summary>
    public bool IsOver { get; private set; }

    /// <summary>True if every item is spoken.</summary>
    public bool IsIdle => _speaking is null && _items.Count == 0;

    public void Add(SpeechItem item) => _items.Enqueue(item);

    /// <summary>Begins whatever can be done now.</summary>
    public void Advance()
    {
        while (!IsOver && _speaking is null && _items.TryPeek(out var item))
        {
            if (item is SpeechItem.Clause or SpeechItem.Silence)
            {
                if (_frames.HasRoom)
                {
                    _items.Dequeue();
                    _speaking = item;
                    SynthesisThread.Shared.Enqueue(this, _frames.RunsOutAt(_time.GetTimestamp()));
                }

                return;
            }

            _items.Dequeue();
            _speaker.EndSegment();
            if (item is SpeechItem.Flush flush)
            {
                _frames.Add(OutFrame.FlushDone(flush.FlushId));
            }
            else
            {
                _frames.Add(OutFrame.Done);
                IsOver = true;
            }
        }

        if (!IsOver && _speaking is null)
        {
            _speaker.Suspend();
        }
    }

    /// <summary>Drops what is not spoken.</summary>
    public void Stop()
    {
        IsOver = true;
        _items.Clear();
    }

    /// <summary>Speaks one item, on the synthesis thread.</summary>
    public void Run()
    {
        SpeechItem? item;
        lock (_gate)
        {
            item = _speaking;
            if (item is null || IsOver)
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
            _fail(ErrorCatalogue.SpeechFailed);
        }
        catch (Exception e)
        {
            LogFailed(_logger, e);
            _fail(ErrorCatalogue.Internal);
        }

        lock (_gate)
        {
            _speaking = null;
            Advance();
        }

        _wake();
    }

    private bool Emit(OutFrame frame)
    {
        bool isFirst;
        lock (_gate)
        {
            if (IsOver)
            {
                frame.Release();
                return false;
            }

            isFirst = _frames.IsEmpty;
            _frames.Add(frame);
        }

        if (isFirst)
        {
            _wake();
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A context ends with an error, since a clause of it could not be spoken: {Reason}")]
    private static partial void LogNotSpoken(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A clause could not be spoken.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
