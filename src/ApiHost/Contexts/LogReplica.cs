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
internal sealed class LogReplica(Action onFrames, Func<bool> onMoved, Action onLost) : FrameLog, IContextOwner
{
    private const int MostFramesAtOnce = 256;
    private const int ManyBytes = 1024 * 1024;

    private TaskCompletionSource? _awaited;
    private int _segment = 1;
    private ContextSettings? _settings;
    private int _epoch;
    private int _opening;
    private bool _isSuperseded;

    public override int OwnerEpoch => Volatile.Read(ref _isSuperseded) ? _epoch + 1 : _epoch;

    /// <summary>Says what the context was opened with, and which owner this is. Frames may have come before.</summary>
    public void Begin(ContextSettings settings, int epoch) => (_settings, _epoch) = (settings, epoch);

    public override bool TryRead(int offset, out LogEntry entry)
    {
        var isThere = base.TryRead(offset, out entry);
        if (isThere)
        {
            entry = entry with { IsForOwner = _settings!.Wants(entry.Kind) };
        }

        return isThere;
    }

    /// <summary>From now on only frames of this opening are taken.</summary>
    /// <returns>How many frames there are now, and so at that moment.</returns>
    public int TurnTo(int opening)
    {
        lock (Gate)
        {
            _opening = opening;
            return Count;
        }
    }

    public Task<int> OnFramesAsync(FrameBatch batch, int opening)
    {
        ILogWatcher[] watchers;
        lock (Gate)
        {
            if (IsErased)
            {
                return Task.FromResult(Written);
            }

            if (opening != _opening)
            {
                throw new InvalidOperationException($"The context was opened again: {opening} is over, {_opening} is on.");
            }

            if (batch.From > Count)
            {
                throw new InvalidOperationException($"The frames from {Count} to {batch.From} did not come.");
            }

            foreach (var frame in batch.Frames.AsSpan(Math.Min(Count - batch.From, batch.Frames.Length)..))
            {
                Add(frame);
            }

            IsClosed |= batch.IsComplete && Count == batch.Count;
            watchers = Watchers;
            _awaited?.TrySetResult();
            _awaited = null;
        }

        Restore(batch.Seams ?? []);
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
        lock (Gate)
        {
            Drop();
            watchers = Watchers;
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
        lock (Gate)
        {
            watchers = Watchers;
        }

        Wake(watchers);
    }

    /// <summary>The context cannot be reached any more: ends the copy with an error.</summary>
    public void End(ProtocolError error, string contextId, string requestId)
    {
        var output = new ArrayBufferWriter<byte>(512);
        ServerFrameWriter.WriteError(output, error, contextId, requestId);
        ILogWatcher[] watchers;
        lock (Gate)
        {
            if (IsClosed)
            {
                return;
            }

            Add(new LoggedFrame(FrameKind.Error, output.WrittenMemory, 0, 0));
            IsClosed = true;
            watchers = Watchers;
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
            lock (Gate)
            {
                if (Count >= count)
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
        lock (Gate)
        {
            var entries = EntriesOf(from, Math.Min(to, from + MostFramesAtOnce));
            var frames = ImmutableArray.CreateBuilder<LoggedFrame>();
            for (int offset = from, bytes = 0; offset < to && frames.Count < MostFramesAtOnce && bytes < ManyBytes; offset++)
            {
                var entry = entries[offset - from];
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
                Count = Count,
            };
        }
    }

    private void Add(in LoggedFrame frame)
    {
        Append(new LogEntry(frame.Kind, _segment, frame.Frame, frame.PayloadStart, frame.PayloadLength, IsForOwner: true));
        if (frame.Kind == FrameKind.FlushDone)
        {
            _segment++;
        }
    }
}
