using System.Buffers;
using TtsGrains.Client.Connections;
using TtsGrains.Client.Events;
using TtsGrains.Protocol;

namespace TtsGrains.Client.Contexts;

/// <summary>
/// The state of one context: what has been said to the service, what came from it, and where it stands when it moves from one socket to another.
/// </summary>
internal sealed class ContextLine(string id, TtsContextOptions options, ApiVersion version, long room)
{
    private readonly Lock _gate = new();
    private readonly EventQueue _events = new(room);
    private readonly InputLog _inputs = new();
    private readonly RequestWriter _writer = new(id, options, version);
    private readonly TaskCompletionSource _cancelWritten = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ContextPhase _phase = ContextPhase.Open;
    private Link? _link;
    private LinkSocket? _socket;
    private Expression? _expression = options.Expression;
    private long _nextOffset;
    private bool _hasOffsets = true;
    private bool _isHeard;
    private bool _isKnown;
    private TtsException? _failure;

    public string Id => id;

    public EventQueue Events => _events;

    /// <summary>Whether nothing more comes and nothing more goes.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _phase == ContextPhase.Ended;
            }
        }
    }

    /// <summary>The position to resume at, as the service takes it; null when nothing was ever sent.</summary>
    public string? ResumePosition
    {
        get
        {
            lock (_gate)
            {
                return _isKnown && _phase != ContextPhase.Ended ? FormattableString.Invariant($"{id}:{_nextOffset}") : null;
            }
        }
    }

    /// <summary>Whether it can be continued on another socket of the session without a repeat and without a hole.</summary>
    public bool CanResume
    {
        get
        {
            lock (_gate)
            {
                return _hasOffsets;
            }
        }
    }

    /// <summary>Adds an input to be sent.</summary>
    /// <returns>Completes when it was written to a socket.</returns>
    /// <exception cref="TtsException">The context has failed.</exception>
    /// <exception cref="InvalidOperationException">The context takes no more input.</exception>
    public async Task SubmitAsync(string text, bool flush, bool isLast, Expression? expression, CancellationToken cancellationToken)
    {
        ContextInput input;
        Link? link;
        lock (_gate)
        {
            ThrowIfFailed();
            if (_inputs.IsComplete || _phase != ContextPhase.Open)
            {
                throw new InvalidOperationException("The context takes no more input: it was completed or cancelled.");
            }

            _expression = expression ?? _expression;
            input = new ContextInput(text, flush, isLast, _expression);
            _inputs.Add(input);
            link = _link;
        }

        link?.Signal(this);
        await input.Written.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            ThrowIfFailed();
        }
    }

    /// <summary>From now on no event is read any more. Completes when the service was told.</summary>
    public Task CancelAsync() => StopAsync(null);

    /// <summary>Ends it with an error, behind the events that wait. Completes when the service was told that nobody listens.</summary>
    public Task StopAsync(TtsError? error)
    {
        Link? link;
        lock (_gate)
        {
            if (_phase == ContextPhase.Open)
            {
                _failure = error is null ? null : new TtsException(error);
                _phase = _isKnown ? ContextPhase.Cancelled : ContextPhase.Ended;
                CloseInputs();
                _events.End(_failure);
            }

            if (error is null)
            {
                _events.Clear();
            }

            link = _link;
        }

        link?.Signal(this);
        return _cancelWritten.Task;
    }

    /// <summary>It belongs to this link from now on.</summary>
    public void OnMoved(Link link)
    {
        lock (_gate)
        {
            (_link, _socket) = (link, null);
        }
    }

    /// <summary>Its link has this socket from now on.</summary>
    public void OnConnected(LinkSocket socket)
    {
        lock (_gate)
        {
            _socket = socket;
            if (_isKnown && socket.KnowsInputNumbers)
            {
                _inputs.Rewind();
            }
        }
    }

    /// <summary>Its socket is lost.</summary>
    /// <param name="mayResume">Whether the session lives on and may be come back to.</param>
    /// <returns>Whether it waits for another socket; else it has ended.</returns>
    public bool OnLost(bool mayResume)
    {
        lock (_gate)
        {
            _socket = null;
            if (_phase == ContextPhase.Open && mayResume && _hasOffsets)
            {
                return true;
            }

            if (_phase == ContextPhase.Open && !_isHeard)
            {
                // To a server without sessions the context went with its socket. Nothing of it was heard, so it may begin again.
                _inputs.Rewind();
                _isKnown = false;
                return true;
            }

            if (_phase == ContextPhase.Cancelled && mayResume)
            {
                return true;
            }
        }

        Fail(TtsError.ConnectionLost("The socket was lost while the context was speaking, and this server cannot resume it."));
        return false;
    }

    /// <summary>Ends it with an error, behind the events that wait.</summary>
    public void Fail(TtsError error, Exception? cause = null)
    {
        lock (_gate)
        {
            End(new TtsException(error, cause));
        }
    }

    /// <summary>Takes an event that came over a socket.</summary>
    public Delivery Deliver(TtsEvent item, LinkSocket from)
    {
        lock (_gate)
        {
            if (_socket != from || _phase == ContextPhase.Ended || item.Offset < _nextOffset)
            {
                return Delivery.Ignored;
            }

            if (item is ErrorEvent error)
            {
                return OnError(error, from);
            }

            if (_phase == ContextPhase.Open && !_events.TryAdd(item))
            {
                return Delivery.NoRoom;
            }

            _isHeard = true;
            _inputs.OnHeard();
            _hasOffsets &= item.Offset is not null;
            _nextOffset = item.Offset + 1 ?? 0;
            return OnTaken(item);
        }
    }

    /// <summary>Writes what is to be sent next. False when there is nothing.</summary>
    public bool TryRender(IBufferWriter<byte> output, LinkSocket socket, out ContextInput? input)
    {
        lock (_gate)
        {
            input = null;
            if (_socket != socket || _phase == ContextPhase.Ended)
            {
                return false;
            }

            if (_phase == ContextPhase.Cancelled)
            {
                _writer.WriteCancel(output);
                return true;
            }

            if (!_inputs.TryPeek(out var next, out var number))
            {
                return false;
            }

            _writer.WriteInput(output, next, socket.KnowsInputNumbers ? number : null);
            (input, _isKnown) = (next, true);
            return true;
        }
    }

    /// <summary>What was rendered has gone out: an input, or, when null, the cancel.</summary>
    public void OnSent(ContextInput? input, LinkSocket socket)
    {
        lock (_gate)
        {
            input?.OnWritten();
            if (_socket != socket)
            {
                return;
            }

            if (input is null)
            {
                End(null);
            }
            else if (_phase == ContextPhase.Open)
            {
                _inputs.Advance();
            }
        }
    }

    private Delivery OnTaken(TtsEvent item)
    {
        if (item is FlushDoneEvent)
        {
            _inputs.OnFlushDone();
        }

        if (item is not DoneEvent)
        {
            return Delivery.Taken;
        }

        End(null);
        return Delivery.Ended;
    }

    private Delivery OnError(ErrorEvent error, LinkSocket from)
    {
        // The service never got, or no longer has, a context that said nothing yet: the inputs, which all go out again, open it anew.
        if (error.Error is { Status: 404, Code: "context_not_found" } && !_isHeard && from.KnowsInputNumbers && _phase == ContextPhase.Open)
        {
            return Delivery.Ignored;
        }

        End(new TtsException(error.Error));
        return Delivery.Ended;
    }

    private void End(TtsException? failure)
    {
        if (_phase == ContextPhase.Open)
        {
            _failure = failure;
        }

        _phase = ContextPhase.Ended;
        CloseInputs();
        _events.End(failure);
        _cancelWritten.TrySetResult();
    }

    private void CloseInputs()
    {
        _inputs.Close();
        if (_phase == ContextPhase.Ended)
        {
            _cancelWritten.TrySetResult();
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new TtsException(_failure.Error, _failure);
        }
    }
}
