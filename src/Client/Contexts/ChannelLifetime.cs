using TtsGrains.Client.Events;

namespace TtsGrains.Client.Contexts;

/// <summary>The phase of a context, and why it failed; ends its events and its outbox with it. Not thread-safe.</summary>
internal sealed class ChannelLifetime(EventQueue events, Outbox outbox)
{
    private TtsException? _failure;

    public ContextPhase Phase { get; private set; } = ContextPhase.Open;

    public bool IsOpen => Phase == ContextPhase.Open;

    public bool IsOver => Phase == ContextPhase.Ended;

    /// <summary>Cancels an open context, behind the events that wait. It is over when the service was told, or at once if the service does not know it.</summary>
    /// <param name="error">What the reader gets; null for a cancel by the reader.</param>
    public void Cancel(TtsError? error)
    {
        if (!IsOpen)
        {
            return;
        }

        _failure = error is null ? null : new TtsException(error);
        if (outbox.HasBegun)
        {
            Phase = ContextPhase.Cancelled;
            outbox.DropInputs();
        }
        else
        {
            Phase = ContextPhase.Ended;
            outbox.Close();
        }

        events.End(_failure);
    }

    /// <summary>Ends the context, behind the events that wait.</summary>
    public void End(TtsException? failure)
    {
        if (IsOpen)
        {
            _failure = failure;
        }

        Phase = ContextPhase.Ended;
        outbox.Close();
        events.End(failure);
    }

    /// <exception cref="TtsException">The context has failed.</exception>
    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new TtsException(_failure.Error, _failure);
        }
    }
}
