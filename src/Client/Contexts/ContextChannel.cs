using System.Buffers;
using TtsGrains.Client.Connections;
using TtsGrains.Client.Events;

namespace TtsGrains.Client.Contexts;

/// <summary>
/// The state of one context: what was sent to the service, what came from it, and its cursor when it moves from one socket to another.
/// </summary>
/// <param name="id">The context's id.</param>
/// <param name="events">What the service sent and the reader has not taken.</param>
/// <param name="outbox">What the service has to be told.</param>
internal sealed class ContextChannel(string id, EventQueue events, Outbox outbox)
{
    private readonly Lock _gate = new();
    private readonly ReceivedPosition _received = new();
    private readonly ChannelLifetime _lifetime = new(events, outbox);
    private Link? _link;
    private LinkSocket? _socket;

    public string Id => id;

    public EventQueue Events => events;

    /// <summary>Whether nothing more comes and nothing more goes.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _lifetime.IsOver;
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
                return outbox.HasBegun && !_lifetime.IsOver ? FormattableString.Invariant($"{id}:{_received.Next}") : null;
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
                return _received.CanResume;
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
            _lifetime.ThrowIfFailed();
            if (outbox.IsComplete || !_lifetime.IsOpen)
            {
                throw new InvalidOperationException("The context takes no more input: it was completed or cancelled.");
            }

            input = outbox.Add(text, flush, isLast, expression);
            link = _link;
        }

        link?.Signal(this);
        await input.Written.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            _lifetime.ThrowIfFailed();
        }
    }

    /// <summary>From now on no event is read any more. Completes when the service was told.</summary>
    public Task CancelAsync() => StopAsync(null);

    /// <summary>Ends it with an error, behind the events that wait. Completes when the service knows that the client has stopped reading.</summary>
    public Task StopAsync(TtsError? error)
    {
        Link? link;
        lock (_gate)
        {
            _lifetime.Cancel(error);
            if (error is null)
            {
                events.Clear();
            }

            link = _link;
        }

        link?.Signal(this);
        return outbox.Closed;
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
            if (socket.KnowsInputNumbers)
            {
                outbox.Rewind();
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
            if (mayResume && (_lifetime.Phase == ContextPhase.Cancelled || (_lifetime.IsOpen && _received.CanResume)))
            {
                return true;
            }

            if (_lifetime.IsOpen && !_received.HasAny)
            {
                // To a server without sessions the context went with its socket. Nothing of it was received, so it may begin again.
                outbox.Restart();
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
            _lifetime.End(new TtsException(error, cause));
        }
    }

    /// <summary>Takes an event that came over a socket.</summary>
    public Delivery Deliver(TtsEvent item, LinkSocket from)
    {
        lock (_gate)
        {
            if (_socket != from || _lifetime.IsOver || _received.IsRepeat(item))
            {
                return Delivery.Ignored;
            }

            if (item is ErrorEvent error)
            {
                return OnError(error, from);
            }

            if (_lifetime.IsOpen && !events.TryAdd(item))
            {
                return Delivery.Full;
            }

            _received.Advance(item);
            outbox.OnEvent(item);
            if (item is not DoneEvent)
            {
                return Delivery.Taken;
            }

            _lifetime.End(null);
            return Delivery.Ended;
        }
    }

    /// <summary>Writes what is to be sent next. False when there is nothing.</summary>
    public bool TryRender(IBufferWriter<byte> output, LinkSocket socket, out ContextInput? input)
    {
        lock (_gate)
        {
            input = null;
            if (_socket != socket || _lifetime.IsOver)
            {
                return false;
            }

            if (_lifetime.Phase == ContextPhase.Cancelled)
            {
                outbox.WriteCancel(output);
                return true;
            }

            input = outbox.Write(output, isNumbered: socket.KnowsInputNumbers);
            return input is not null;
        }
    }

    /// <summary>What was rendered has gone out: an input, or, when null, the cancel.</summary>
    public void OnSent(ContextInput? input, LinkSocket socket)
    {
        lock (_gate)
        {
            input?.OnWritten();
            if (_socket == socket && input is null)
            {
                _lifetime.End(null);
            }
            else if (_socket == socket && _lifetime.IsOpen)
            {
                outbox.Advance();
            }
        }
    }

    private Delivery OnError(ErrorEvent error, LinkSocket from)
    {
        // The service never got, or no longer has, a context that said nothing yet: the inputs, which all go out again, open it anew.
        if (error.Error is { Status: 404, Code: "context_not_found" } && !_received.HasAny && from.KnowsInputNumbers && _lifetime.IsOpen)
        {
            return Delivery.Ignored;
        }

        _lifetime.End(new TtsException(error.Error));
        return Delivery.Ended;
    }
}
