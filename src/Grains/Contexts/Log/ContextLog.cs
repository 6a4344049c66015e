using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Wakeups;
using TtsGrains.Protocol.Audio;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>
/// The numbered frames of one context: the truth about what was said. Upstream frames are written here straight from the socket's read
/// loop, rendered once in the form that the owner gets; readers take them by offset. Thread-safe.
/// </summary>
public sealed class ContextLog : FrameLog
{
    private readonly FrameBlocks _blocks;
    private readonly SegmentNumbering _segments = new();
    private readonly WantedTimes _wanted;
    private readonly AudioCount _audio = new();
    private int _ownerEpoch;

    /// <param name="writer">Renders the frames for the owner.</param>
    /// <param name="format">The form of the audio.</param>
    /// <param name="wantsWords">Whether the owner asked for word timestamps.</param>
    /// <param name="wantsPhonemes">Whether the owner asked for phoneme timestamps.</param>
    public ContextLog(ServerFrameWriter writer, AudioFormat format, bool wantsWords, bool wantsPhonemes)
    {
        _blocks = new FrameBlocks(writer);
        Attempts = new AttemptGate(Gate);
        Format = format;
        _wanted = new WantedTimes(wantsWords, wantsPhonemes);
    }

    /// <summary>The form of the audio.</summary>
    public AudioFormat Format { get; }

    /// <summary>How many chunks there are.</summary>
    public int Chunks => _audio.Chunks;

    /// <summary>Bytes of audio in all chunks.</summary>
    public long AudioBytes => _audio.Bytes;

    /// <summary>How much of a segment the archive wants at a time, bytes as received; 0 when it wants none before the segment's end.</summary>
    internal int PartBytes { get; init; }

    /// <summary>The span of the context; null if it is in no trace.</summary>
    internal string? TraceParent { get; init; }

    /// <summary>Takes note of the audio; null if nothing does.</summary>
    internal IAudioObserver? Observer { get; init; }

    /// <inheritdoc/>
    public override int OwnerEpoch => Volatile.Read(ref _ownerEpoch);

    /// <summary>Which attempt may append.</summary>
    internal AttemptGate Attempts { get; }

    /// <summary>Whether the upstream still owes the end of a segment.</summary>
    internal bool IsFlushDue => Read(static segments => segments.IsFlushDue);

    /// <summary>The segment that frames belong to now, from 1.</summary>
    internal int Segment => Read(static segments => segments.Current);

    /// <summary>Whether segments have ended since the last <see cref="TakeFinishedSegments"/>.</summary>
    internal bool HasFinishedSegments => Read(static segments => segments.HasFinished);

    /// <summary>Makes place for the next owner: returns its epoch.</summary>
    internal int TakeOver() => Interlocked.Increment(ref _ownerEpoch);

    /// <summary>Makes place for an owner that has its epoch already.</summary>
    internal void TakeOver(int epoch) => Volatile.Write(ref _ownerEpoch, epoch);

    /// <summary>Appends a frame that another log of this context had at this offset.</summary>
    internal void Restore(in LoggedFrame frame)
    {
        lock (Gate)
        {
            var entry = new LogEntry(frame.Kind, _segments.Current, frame.Frame, frame.PayloadStart, frame.PayloadLength, _wanted.Include(frame.Kind));
            Append(entry);
            if (frame.Kind == FrameKind.Chunk)
            {
                _audio.Add(frame.PayloadLength, Base64Length.DecodedFrom(entry.Payload.Span));
            }
            else if (frame.Kind == FrameKind.FlushDone)
            {
                EndSegment();
            }
            else if (frame.Kind is FrameKind.Done or FrameKind.Error)
            {
                _segments.CloseLast(Count);
                IsClosed = true;
            }
        }
    }

    /// <summary>Appends a chunk as the upstream sent it.</summary>
    /// <param name="attempt">Who says it: what an attempt says that was given up is left out.</param>
    /// <param name="data">Its base64 text.</param>
    /// <param name="stepTime">The number of ms as text; may be empty.</param>
    internal void AppendChunk(int attempt, ReadOnlySpan<byte> data, ReadOnlySpan<byte> stepTime)
    {
        if (data.IsEmpty)
        {
            return;
        }

        ILogWatcher[] watchers;
        var bytes = Base64Length.DecodedFrom(data);
        lock (Gate)
        {
            if (IsClosed || attempt != Attempts.Current)
            {
                return;
            }

            _audio.Add(data.Length, bytes);
            Append(_blocks.Chunk(data, stepTime, _segments.Current));
            watchers = Watchers;
        }

        Wake(watchers);
        Observer?.OnAudio(bytes);
    }

    /// <summary>Appends word or phoneme times.</summary>
    /// <param name="attempt">Who tells them.</param>
    /// <param name="kind">Which of them.</param>
    /// <param name="timestamps">The object of lists as JSON text, in seconds from the start of the context.</param>
    internal void AppendTimestamps(int attempt, FrameKind kind, ReadOnlySpan<byte> timestamps)
    {
        ILogWatcher[] watchers;
        lock (Gate)
        {
            if (IsClosed || attempt != Attempts.Current)
            {
                return;
            }

            Append(_blocks.Timestamps(kind, timestamps, _segments.Current, _wanted.Include(kind)));
            watchers = Watchers;
        }

        Wake(watchers);
    }

    /// <summary>Notes that the client flushed. Must come before the flush is sent upstream.</summary>
    /// <param name="isSpoken">Whether the upstream will report it; else it is done as soon as those before it are.</param>
    internal void ExpectFlush(bool isSpoken) => FinishFlushes(segments => segments.Expect(isSpoken));

    /// <summary>The upstream reports a flush. An unrequested one is ignored.</summary>
    /// <param name="attempt">Who reports it.</param>
    /// <returns>Whether a segment ended.</returns>
    internal bool CompleteFlush(int attempt) => FinishFlushes(segments => attempt == Attempts.Current ? segments.Complete() : 0) > 0;

    /// <summary>All flushes that are still expected are done.</summary>
    internal void CompleteFlushes() => FinishFlushes(static segments => segments.CompleteAll());

    /// <summary>The flushes that are still expected will be expected anew.</summary>
    internal void ForgetFlushes()
    {
        lock (Gate)
        {
            _segments.Forget();
        }
    }

    /// <summary>Appends the last frame, when the outcome has one, and takes nothing more.</summary>
    /// <param name="outcome">How the context ended: a cancelled one gets no frame.</param>
    /// <param name="error">The error to end with.</param>
    /// <param name="contextId">The client's id.</param>
    /// <param name="requestId">Finds the error in our logs.</param>
    internal void Close(ContextOutcome outcome, ProtocolError? error, string contextId, string requestId)
    {
        ILogWatcher[] watchers;
        lock (Gate)
        {
            if (IsClosed)
            {
                return;
            }

            if (error is not null)
            {
                Append(FrameBlocks.Error(error, contextId, requestId, _segments.Current));
            }
            else if (outcome != ContextOutcome.Cancelled)
            {
                Append(_blocks.Done(_segments.Current));
            }

            _segments.CloseLast(Count);
            IsClosed = true;
            watchers = Watchers;
        }

        Wake(watchers);
    }

    /// <summary>Drops all frames of a context that has ended, and tells its readers.</summary>
    internal void Erase()
    {
        ILogWatcher[] watchers;
        lock (Gate)
        {
            Drop();
            _blocks.Clear();
            watchers = Watchers;
        }

        Wake(watchers);
    }

    /// <summary>Gets the frames of the segment that is being spoken. Call it only while no attempt appends.</summary>
    /// <param name="from">The offset behind what finished upstream contexts have said.</param>
    internal DeliveredSpeech ReadDelivered(int from)
    {
        LoggedSegment segment;
        LogEntry[] entries;
        SegmentSeam? seam;
        lock (Gate)
        {
            segment = _segments.Growing(Count);
            entries = EntriesOf(segment.From, Count);
            seam = Attempts.Seam;
        }

        return DeliveredSpeech.Of(Format, AudioBytes, segment, entries, seam, from);
    }

    /// <summary>Whether so much has come since the last yes that the archive should have it. Only the socket's read loop asks.</summary>
    internal bool TakePartDue()
    {
        lock (Gate)
        {
            return _audio.TakePart(PartBytes);
        }
    }

    /// <summary>Takes the segments that have ended since the last call, in order.</summary>
    /// <param name="growing">The segment that comes behind them, as far as it has come.</param>
    internal IReadOnlyList<LoggedSegment> TakeFinishedSegments(out LoggedSegment growing)
    {
        lock (Gate)
        {
            growing = _segments.Growing(Count);
            return _segments.TakeFinished();
        }
    }

    private T Read<T>(Func<SegmentNumbering, T> read)
    {
        lock (Gate)
        {
            return read(_segments);
        }
    }

    private int FinishFlushes(Func<SegmentNumbering, int> finish)
    {
        ILogWatcher[] watchers;
        int finished;
        lock (Gate)
        {
            if (IsClosed)
            {
                return 0;
            }

            finished = finish(_segments);
            for (var i = 0; i < finished; i++)
            {
                Append(_blocks.FlushDone(_segments.Current));
                EndSegment();
            }

            watchers = Watchers;
        }

        if (finished > 0)
        {
            Wake(watchers);
        }

        return finished;
    }

    private void EndSegment()
    {
        _segments.Advance(Count);
        Attempts.EndSegment();
        _audio.EndSegment();
    }
}
