using System.Buffers;
using System.Collections.Immutable;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Wakeups;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>
/// The owner's copy of the log of a context in another process, kept up by the context's silo. It is kept whole while the context is open: should the
/// silo die, the context continues elsewhere from this copy. Thread-safe.
/// </summary>
internal sealed class LogReplica(Action onFrames, Func<bool> onMoved, Action onLost) : IContextOwner, IContextFrames
{
    private const int MostFramesAtOnce = 256;
    private const int ManyBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly List<LogEntry> _entries = [];
    private ILogWatcher[] _watchers = [];
    private TaskCompletionSource? _awaited;
    private int _segment = 1;
    private int _written;
    private long _bytes;
    private ContextSettings? _settings;
    private int _epoch;
    private int _opening;
    private bool _isSuperseded;
    private bool _isErased;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public long Bytes => Volatile.Read(ref _bytes);

    public bool IsClosed { get; private set; }

    public bool IsErased => Volatile.Read(ref _isErased);

    public int OwnerEpoch => Volatile.Read(ref _isSuperseded) ? _epoch + 1 : _epoch;

    /// <summary>The offset behind the last frame that was written to the client.</summary>
    public int Written => Volatile.Read(ref _written);

    /// <summary>Says what the context was opened with, and which owner this is. Frames may have come before.</summary>
    public void Begin(ContextSettings settings, int epoch) => (_settings, _epoch) = (settings, epoch);

    public bool TryRead(int offset, out LogEntry entry)
    {
        lock (_gate)
        {
            if (offset < _entries.Count)
            {
                entry = _entries[offset] with { IsForOwner = _settings!.Wants(_entries[offset].Kind) };
                return true;
            }
        }

        entry = default;
        return false;
    }

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

    public void RecordWritten(int offset) => Volatile.Write(ref _written, offset);

    /// <summary>From now on only frames of this opening are taken.</summary>
    /// <returns>How many frames there are now, and so at that moment.</returns>
    public int TurnTo(int opening)
    {
        lock (_gate)
        {
            _opening = opening;
            return _entries.Count;
        }
    }

    public Task<int> OnFramesAsync(FrameBatch batch, int opening)
    {
        ILogWatcher[] watchers;
        lock (_gate)
        {
            if (_isErased)
            {
                return Task.FromResult(Written);
            }

            if (opening != _opening)
            {
                throw new InvalidOperationException($"The context was opened again: {opening} is over, {_opening} is on.");
            }

            if (batch.From > _entries.Count)
            {
                throw new InvalidOperationException($"The frames from {_entries.Count} to {batch.From} did not come.");
            }

            foreach (var frame in batch.Frames.AsSpan(Math.Min(_entries.Count - batch.From, batch.Frames.Length)..))
            {
                Add(frame);
            }

            IsClosed |= batch.IsComplete && _entries.Count == batch.Count;
            watchers = _watchers;
            _awaited?.TrySetResult();
            _awaited = null;
        }

        onFrames();
        Wake(watchers);
        return Task.FromResult(Written);
    }

    public Task<int> OnSupersededAsync()
    {
        Supersede();
        return Task.FromResult(Written);
    }

    public Task OnErasedAsync()
    {
        ILogWatcher[] watchers;
        lock (_gate)
        {
            IsClosed = true;
            _entries.Clear();
            Volatile.Write(ref _bytes, 0);
            Volatile.Write(ref _isErased, true);
            watchers = _watchers;
        }

        onLost();
        Wake(watchers);
        return Task.CompletedTask;
    }

    public Task<bool> OnMovedAsync() => Task.FromResult(onMoved());

    /// <summary>Another owner has taken over.</summary>
    public void Supersede()
    {
        Volatile.Write(ref _isSuperseded, true);
        onLost();
        ILogWatcher[] watchers;
        lock (_gate)
        {
            watchers = _watchers;
        }

        Wake(watchers);
    }

    /// <summary>The context cannot be reached any more: ends the copy with an error.</summary>
    public void End(ProtocolError error, string contextId, string requestId)
    {
        var output = new ArrayBufferWriter<byte>(512);
        ServerFrameWriter.WriteError(output, error, contextId, requestId);
        ILogWatcher[] watchers;
        lock (_gate)
        {
            if (IsClosed)
            {
                return;
            }

            Add(new LoggedFrame(FrameKind.Error, output.WrittenMemory, 0, 0));
            IsClosed = true;
            watchers = _watchers;
        }

        onLost();
        Wake(watchers);
    }

    /// <summary>Completes when the log has this number of frames.</summary>
    public async Task WhenHasAsync(int count)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_entries.Count >= count)
                {
                    return;
                }

                _awaited ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _awaited.Task;
            }

            await changed;
        }
    }

    /// <summary>Frames to give back to a context that is opened again.</summary>
    public FrameBatch Read(string contextKey, int from, int to)
    {
        lock (_gate)
        {
            var frames = ImmutableArray.CreateBuilder<LoggedFrame>();
            for (int offset = from, bytes = 0; offset < to && frames.Count < MostFramesAtOnce && bytes < ManyBytes; offset++)
            {
                var entry = _entries[offset];
                bytes += entry.Frame.Length;
                frames.Add(new LoggedFrame(entry.Kind, entry.Frame, entry.PayloadStart, entry.PayloadLength));
            }

            return new FrameBatch
            {
                ContextKey = contextKey,
                Encoding = _settings!.Encoding,
                SampleRate = _settings.SampleRate,
                From = from,
                Frames = frames.DrainToImmutable(),
                Count = _entries.Count,
            };
        }
    }

    private void Add(in LoggedFrame frame)
    {
        _entries.Add(new LogEntry(frame.Kind, _segment, frame.Frame, frame.PayloadStart, frame.PayloadLength, IsForOwner: true));
        _bytes += frame.Frame.Length;
        if (frame.Kind == FrameKind.FlushDone)
        {
            _segment++;
        }
    }

    private static void Wake(ILogWatcher[] watchers)
    {
        foreach (var watcher in watchers)
        {
            watcher.OnAppended();
        }
    }
}
