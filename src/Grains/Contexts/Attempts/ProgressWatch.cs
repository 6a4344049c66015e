namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// Whether an upstream context has been silent for too long. Audio only counts up a number; who looks now and then sees whether it has moved. So a
/// silence is found out one look late at most, and a frame costs no look at the clock.
/// </summary>
/// <param name="first">How long it may take to the first audio.</param>
/// <param name="progress">How long it may pause after that.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressWatch(TimeSpan first, TimeSpan progress, TimeProvider time)
{
    private const long NothingDue = -1;

    private int _audio;
    private int _expectations;
    private long _allowance = NothingDue;
    private int _seen = -1;
    private long _since;

    /// <summary>True if audio has come.</summary>
    public bool HasAudio => Volatile.Read(ref _audio) != 0;

    /// <summary>Audio has come.</summary>
    public void OnAudio() => Interlocked.Increment(ref _audio);

    /// <summary>From now on audio, or an end, is due.</summary>
    /// <param name="allowance">How much longer than usual it may take: what the upstream may wait for more text.</param>
    public void Expect(TimeSpan allowance)
    {
        Interlocked.Exchange(ref _allowance, allowance.Ticks);
        Interlocked.Increment(ref _expectations);
    }

    /// <summary>Nothing is due: the upstream has said all that it was given.</summary>
    public void ExpectNothing() => Interlocked.Exchange(ref _allowance, NothingDue);

    /// <summary>Whether it has been silent for too long. Says so once; then nothing is due until it is expected again. One at a time asks.</summary>
    public bool IsOverdue()
    {
        var audio = Volatile.Read(ref _audio);
        var seen = unchecked(audio + (Volatile.Read(ref _expectations) << 16));
        if (seen != _seen)
        {
            (_seen, _since) = (seen, time.GetTimestamp());
            return false;
        }

        var allowance = Interlocked.Read(ref _allowance);
        return allowance != NothingDue
            && time.GetElapsedTime(_since) >= (audio == 0 ? first : progress) + TimeSpan.FromTicks(allowance)
            && Interlocked.CompareExchange(ref _allowance, NothingDue, allowance) == allowance;
    }
}
