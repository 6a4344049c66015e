using TtsGrains.Archive.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>Has <c>session.json</c> written when a session changes: the whole of it each time, so the longer the session, the less often.</summary>
/// <param name="records">Writes it.</param>
/// <param name="summarize">Gets the session as it is now.</param>
/// <param name="registerTimer">Registers a timer of the grain.</param>
internal sealed class SessionRecording(
    SessionRecordWriter records, Func<SessionRecord> summarize, Func<Func<CancellationToken, Task>, TimeSpan, IGrainTimer> registerTimer)
{
    private IGrainTimer? _due;

    /// <summary>Writes it now, or later if the session is long.</summary>
    /// <param name="contexts">How many contexts the session has.</param>
    public void Record(int contexts)
    {
        if (contexts <= SessionContexts.PageSize)
        {
            records.Put(summarize());
        }
        else
        {
            _due ??= registerTimer(RecordAsync, TimeSpan.FromMilliseconds(contexts));
        }
    }

    /// <summary>Writes it now if it was to be written later.</summary>
    public void RecordWhenDue()
    {
        if (_due is not null)
        {
            Stop();
            records.Put(summarize());
        }
    }

    /// <summary>Writes nothing more.</summary>
    public void Stop()
    {
        _due?.Dispose();
        _due = null;
    }

    private Task RecordAsync(CancellationToken cancellationToken)
    {
        RecordWhenDue();
        return Task.CompletedTask;
    }
}
