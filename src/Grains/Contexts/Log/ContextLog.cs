using System.Buffers;
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
public sealed partial class ContextLog : IContextFrames
{
    private const int FirstBlock = 4 * 1024;
    private const int LargestBlock = 64 * 1024;
    private const int SmallFrame = 512;

    private readonly Lock _gate = new();
    private readonly ServerFrameWriter _writer;
    private readonly bool _wantsWords;
    private readonly bool _wantsPhonemes;
    private readonly SegmentNumbering _segments = new();
    private LogEntry[] _entries = new LogEntry[8];
    private int _count;
    private byte[] _block = [];
    private int _used;
    private long _bytes;
    private long _partBytes;
    private ILogWatcher[] _watchers = [];
    private int _ownerEpoch;
    private int _written;
    private bool _isErased;

    /// <param name="writer">Renders the frames for the owner.</param>
    /// <param name="format">The form of the audio.</param>
    /// <param name="wantsWords">Whether the owner asked for word timestamps.</param>
    /// <param name="wantsPhonemes">Whether the owner asked for phoneme timestamps.</param>
    public ContextLog(ServerFrameWriter writer, AudioFormat format, bool wantsWords, bool wantsPhonemes)
    {
        _writer = writer;
        Format = format;
        _wantsWords = wantsWords;
        _wantsPhonemes = wantsPhonemes;
    }

    /// <summary>The form of the audio.</summary>
    public AudioFormat Format { get; }

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many chunks there are.</summary>
    public int Chunks { get; private set; }

    /// <summary>Bytes of audio in all chunks.</summary>
    public long AudioBytes { get; private set; }

    /// <inheritdoc/>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How much of a segment the archive wants at a time, bytes as received; 0 when it wants none before the segment's end.</summary>
    internal int PartBytes { get; init; }

    /// <summary>The span of the context; null if it is in no trace.</summary>
    internal string? TraceParent { get; init; }

    /// <summary>Takes note of the audio; null if nothing does.</summary>
    internal IAudioObserver? Observer { get; init; }

    /// <inheritdoc/>
    public bool IsClosed { get; private set; }

    /// <inheritdoc/>
    public bool IsErased => Volatile.Read(ref _isErased);

    /// <inheritdoc/>
    public int OwnerEpoch => Volatile.Read(ref _ownerEpoch);

    /// <summary>The offset behind the last frame that an owner has written to its client.</summary>
    public int Written => Volatile.Read(ref _written);

    /// <inheritdoc/>
    public void RecordWritten(int offset) => Volatile.Write(ref _written, offset);

    /// <summary>Makes place for the next owner: returns its epoch.</summary>
    internal int TakeOver() => Interlocked.Increment(ref _ownerEpoch);

    /// <summary>Makes place for an owner that has its epoch already.</summary>
    internal void TakeOver(int epoch) => Volatile.Write(ref _ownerEpoch, epoch);

    /// <inheritdoc/>
    public bool TryRead(int offset, out LogEntry entry)
    {
        lock (_gate)
        {
            if (offset < _count)
            {
                entry = _entries[offset];
                return true;
            }
        }

        entry = default;
        return false;
    }

    /// <inheritdoc/>
    public void Watch(ILogWatcher watcher)
    {
        lock (_gate)
        {
            _watchers = [.. _watchers, watcher];
        }
    }

    public void Unwatch(ILogWatcher watcher)
    {
        lock (_gate)
        {
            _watchers = [.. _watchers.Where(w => !ReferenceEquals(w, watcher))];
        }
    }

    /// <summary>Appends a frame that another log of this context had at this offset.</summary>
    internal void Restore(in LoggedFrame frame)
    {
        lock (_gate)
        {
            var isForOwner = frame.Kind switch
            {
                FrameKind.Timestamps => _wantsWords,
                FrameKind.PhonemeTimestamps => _wantsPhonemes,
                _ => true,
            };
            var entry = new LogEntry(frame.Kind, _segments.Current, frame.Frame, frame.PayloadStart, frame.PayloadLength, isForOwner);
            Add(entry);
            if (frame.Kind == FrameKind.Chunk)
            {
                Chunks++;
                _partBytes += frame.PayloadLength;
                AudioBytes += Base64Length.DecodedFrom(entry.Payload.Span);
            }
            else if (frame.Kind == FrameKind.FlushDone)
            {
                EndSegment();
            }
            else if (frame.Kind is FrameKind.Done or FrameKind.Error)
            {
                _segments.CloseLast(_count);
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
        lock (_gate)
        {
            if (IsClosed || attempt != _attempt)
            {
                return;
            }

            var room = Reserve(_writer.GetMaxLength(data.Length));
            var length = _writer.WriteChunk(room.Span, data, stepTime, _segments.Current, out var start);
            _used += length;
            Chunks++;
            _partBytes += data.Length;
            AudioBytes += bytes;
            Add(new LogEntry(FrameKind.Chunk, _segments.Current, room[..length], start, data.Length, IsForOwner: true));
            watchers = _watchers;
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
        lock (_gate)
        {
            if (IsClosed || attempt != _attempt)
            {
                return;
            }

            var room = Reserve(_writer.GetMaxLength(timestamps.Length));
            var length = _writer.WriteTimestamps(room.Span, kind, timestamps, _segments.Current);
            _used += length;
            var isForOwner = kind == FrameKind.Timestamps ? _wantsWords : _wantsPhonemes;
            Add(new LogEntry(kind, _segments.Current, room[..length], length - 1 - timestamps.Length, timestamps.Length, isForOwner));
            watchers = _watchers;
        }

        Wake(watchers);
    }

    /// <summary>Notes that the client flushed. Must come before the flush is sent upstream.</summary>
    /// <param name="isSpoken">Whether the upstream will report it; else it is done as soon as those before it are.</param>
    internal void ExpectFlush(bool isSpoken) => FinishFlushes(segments => segments.Expect(isSpoken));

    /// <summary>The upstream reports a flush. An unrequested one is ignored.</summary>
    /// <param name="attempt">Who reports it.</param>
    /// <returns>Whether a segment ended.</returns>
    internal bool CompleteFlush(int attempt) => FinishFlushes(segments => attempt == _attempt ? segments.Complete() : 0) > 0;

    /// <summary>All flushes that are still expected are done.</summary>
    internal void CompleteFlushes() => FinishFlushes(static segments => segments.CompleteAll());

    /// <summary>Appends the last frame, when the outcome has one, and takes nothing more.</summary>
    /// <param name="outcome">How the context ended: a cancelled one gets no frame.</param>
    /// <param name="error">The error to end with.</param>
    /// <param name="contextId">The client's id.</param>
    /// <param name="requestId">Finds the error in our logs.</param>
    internal void Close(ContextOutcome outcome, ProtocolError? error, string contextId, string requestId)
    {
        ILogWatcher[] watchers;
        lock (_gate)
        {
            if (IsClosed)
            {
                return;
            }

            if (error is not null)
            {
                var output = new ArrayBufferWriter<byte>(SmallFrame);
                ServerFrameWriter.WriteError(output, error, contextId, requestId);
                Add(new LogEntry(FrameKind.Error, _segments.Current, output.WrittenMemory, 0, 0, IsForOwner: true));
            }
            else if (outcome != ContextOutcome.Cancelled)
            {
                var room = Reserve(_writer.GetMaxLength(0));
                Add(new LogEntry(FrameKind.Done, _segments.Current, room[.._writer.WriteDone(room.Span)], 0, 0, IsForOwner: true));
            }

            _segments.CloseLast(_count);
            IsClosed = true;
            watchers = _watchers;
        }

        Wake(watchers);
    }

    /// <summary>Drops all frames of a context that has ended, and tells its readers.</summary>
    internal void Erase()
    {
        ILogWatcher[] watchers;
        lock (_gate)
        {
            IsClosed = true;
            (_entries, _block) = ([], []);
            Volatile.Write(ref _count, 0);
            Volatile.Write(ref _bytes, 0);
            Volatile.Write(ref _isErased, true);
            watchers = _watchers;
        }

        Wake(watchers);
    }

    private int FinishFlushes(Func<SegmentNumbering, int> finish)
    {
        ILogWatcher[] watchers;
        int finished;
        lock (_gate)
        {
            if (IsClosed)
            {
                return 0;
            }

            finished = finish(_segments);
            for (var i = 0; i < finished; i++)
            {
                var room = Reserve(_writer.GetMaxLength(0));
                var length = _writer.WriteFlushDone(room.Span, _segments.Current);
                _used += length;
                Add(new LogEntry(FrameKind.FlushDone, _segments.Current, room[..length], 0, 0, IsForOwner: true));
                EndSegment();
            }

            watchers = _watchers;
        }

        if (finished > 0)
        {
            Wake(watchers);
        }

        return finished;
    }

    private void EndSegment()
    {
        _segments.Advance(_count);
        _seam = null;
        _partBytes = 0;
    }

    private void Add(in LogEntry entry)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        _entries[_count] = entry;
        Volatile.Write(ref _bytes, _bytes + entry.Frame.Length);
        Volatile.Write(ref _count, _count + 1);
    }

    // Small at first, since most contexts that are open are short or idle.
    private Memory<byte> Reserve(int length)
    {
        if (_block.Length - _used < length)
        {
            var size = Math.Clamp(_block.Length * 2, FirstBlock, LargestBlock);
            _block = GC.AllocateUninitializedArray<byte>(Math.Max(size, length));
            _used = 0;
        }

        return _block.AsMemory(_used);
    }

    private static void Wake(ILogWatcher[] watchers)
    {
        foreach (var watcher in watchers)
        {
            WakeBatch.Wake(watcher);
        }
    }
}
