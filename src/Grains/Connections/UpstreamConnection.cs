using System.Collections.Concurrent;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Grains.Wakeups;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// One upstream socket with the routes of the contexts on it. Contexts of the same silo write to it directly, without a grain call; its grain
/// dials and retires it. Thread-safe.
/// </summary>
internal sealed class UpstreamConnection : IUpstreamReader
{
    private const int MostBatched = 32;

    private readonly UpstreamOptions _options;
    private readonly UpstreamPool _pool;
    private readonly UpstreamInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly Action<FrameDrop> _onFirstDrop;
    private readonly Action<int> _onClosed;
    private readonly UpstreamRoutes _routes;

    // Cancelled upstream contexts in the order of their cancels: each keeps its slot for the same time.
    private readonly ConcurrentQueue<(string UpstreamContextId, long Since)> _draining = new();
    private UpstreamSocket? _socket;
    private int _batched;
    private int _seenDrops;

    private UpstreamConnection(
        ConnectionKey key,
        UpstreamOptions options,
        UpstreamPool pool,
        UpstreamInstruments instruments,
        TimeProvider time,
        Action<FrameDrop> onFirstDrop,
        Action<int> onClosed)
    {
        Key = key;
        _routes = new UpstreamRoutes(() => RecordDrop(FrameDrop.Stale), tenant => pool.OnSlotFree(key, tenant));
        (_options, _pool, _instruments, _time, _onFirstDrop, _onClosed) = (options, pool, instruments, time, onFirstDrop, onClosed);
    }

    public ConnectionKey Key { get; }

    /// <summary>True if the socket has ended.</summary>
    public bool IsClosed => _socket is not { IsClosed: false };

    /// <summary>True if no upstream context has a slot on it.</summary>
    public bool IsEmpty => _routes.Count == 0;

    /// <summary>Dials.</summary>
    /// <param name="key">Names the socket.</param>
    /// <param name="options">The upstream.</param>
    /// <param name="pool">Receives freed slots and the end of the socket.</param>
    /// <param name="instruments">Counts dropped frames.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onFirstDrop">Called for the first frame of each kind that cannot be used.</param>
    /// <param name="onClosed">Called once when the socket has ended, with the number of contexts that were on it.</param>
    /// <returns>The connection, or null and the upstream's answer.</returns>
    public static async Task<(UpstreamConnection? Connection, DialOutcome Outcome)> DialAsync(
        ConnectionKey key,
        UpstreamOptions options,
        UpstreamPool pool,
        UpstreamInstruments instruments,
        TimeProvider time,
        Action<FrameDrop> onFirstDrop,
        Action<int> onClosed)
    {
        var connection = new UpstreamConnection(key, options, pool, instruments, time, onFirstDrop, onClosed);
        (connection._socket, var outcome) = await UpstreamSocket.ConnectAsync(options, connection, pool.TermOf(key.Upstream), time);
        return (connection._socket is null ? null : connection, outcome);
    }

    /// <summary>Routes the frames of an upstream context and sends its first message. Takes the message over.</summary>
    /// <param name="upstreamContextId">The upstream context.</param>
    /// <param name="route">Gets its frames.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="message">The message.</param>
    /// <returns>False when the socket has ended; nothing was sent then.</returns>
    public bool TryOpen(string upstreamContextId, IUpstreamRoute route, string tenant, OutgoingMessage message)
    {
        _routes.Add(upstreamContextId, route, tenant);
        if (_socket!.TrySend(message))
        {
            return true;
        }

        _routes.Remove(upstreamContextId);
        return false;
    }

    /// <summary>Sends a further message of an upstream context. Takes the message over.</summary>
    /// <returns>False when the upstream context has ended; nothing was sent then.</returns>
    public bool TrySend(string upstreamContextId, OutgoingMessage message)
    {
        if (_routes.Contains(upstreamContextId))
        {
            return _socket!.TrySend(message);
        }

        message.Dispose();
        return false;
    }

    /// <summary>
    /// Sends a cancel and drops all further frames of the upstream context. Its slot stays taken until the upstream has ended it, or
    /// until <see cref="UpstreamOptions.CancelDrainTimeout"/> is over. Takes the message over.
    /// </summary>
    public void Cancel(string upstreamContextId, OutgoingMessage message)
    {
        if (!_routes.Drain(upstreamContextId))
        {
            message.Dispose();
            return;
        }

        _draining.Enqueue((upstreamContextId, _time.GetTimestamp()));
        _socket!.TrySend(message);
    }

    /// <summary>A request has got its first audio.</summary>
    public void RecordSpoken(in RequestFingerprint request) => _pool.Outcomes.OnSpoken(Key, request);

    /// <summary>Counts a frame, or a part of one, that cannot be used.</summary>
    public void RecordDrop(FrameDrop kind)
    {
        _instruments.FrameDropped(Key.Upstream, kind);

        // These are expected after a cancel.
        var bit = 1 << (int)kind;
        if (kind is not (FrameDrop.NoRoute or FrameDrop.Stale) && (Interlocked.Or(ref _seenDrops, bit) & bit) == 0)
        {
            _onFirstDrop(kind);
        }
    }

    /// <summary>Finds upstream contexts that are silent for too long, and cancelled ones whose drain time is over. One caller at a time.</summary>
    public void Check()
    {
        _routes.CheckSilence();
        while (_draining.TryPeek(out var cancelled) && _time.GetElapsedTime(cancelled.Since) >= _options.CancelDrainTimeout)
        {
            _draining.TryDequeue(out _);
            _routes.End(cancelled.UpstreamContextId);
        }
    }

    /// <summary>Ends the socket at once, without a word; contexts that are on it have lost it.</summary>
    public void Abort() => _socket!.Abort();

    /// <summary>Closes the socket; contexts that are still on it are told that they have lost it.</summary>
    public async Task CloseAsync(TimeSpan timeout)
    {
        await _socket!.CloseAsync(timeout, _time);
        _socket.Dispose();
        _routes.Lose();
    }

    void IUpstreamReader.OnMessage(ReadOnlySpan<byte> message)
    {
        // A bound, so that the first frames do not wait long for the last.
        if (_batched == MostBatched)
        {
            OnDrained();
        }

        _batched++;
        WakeBatch.Begin();

        // Most often it is one frame; some senders put several into one message.
        do
        {
            if (!ServerFrameParser.TryParse(message, out var frame, out var consumed))
            {
                RecordDrop(FrameDrop.Garbage);
                return;
            }

            Deliver(frame);
            message = message[consumed..];
        }
        while (!message.IsEmpty);
    }

    void IUpstreamReader.OnDrained() => OnDrained();

    void IUpstreamReader.OnBinary() => RecordDrop(FrameDrop.Binary);

    void IUpstreamReader.OnClosed()
    {
        _pool.OnClosed(Key);
        _onClosed(_routes.Lose());
    }

    private void OnDrained()
    {
        if (_batched > 0)
        {
            _batched = 0;
            WakeBatch.End();
        }
    }

    private void Deliver(in ServerFrame frame)
    {
        if (_routes.Deliver(frame) == RouteResult.NoRoute)
        {
            RecordDrop(FrameDrop.NoRoute);
        }
    }
}
