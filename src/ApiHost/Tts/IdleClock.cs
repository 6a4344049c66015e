namespace TtsGrains.ApiHost.Tts;

/// <summary>Notices that nothing has happened for a while.</summary>
internal sealed class IdleClock(TimeSpan timeout, TimeProvider time)
{
    private long _lastTouched = time.GetTimestamp();

    public void Touch() => Volatile.Write(ref _lastTouched, time.GetTimestamp());

    /// <summary>Calls back whenever the time is over, until disposed.</summary>
    public ITimer Start(Action whenIdle) => time.CreateTimer(
        _ =>
        {
            if (time.GetElapsedTime(Volatile.Read(ref _lastTouched)) >= timeout)
            {
                whenIdle();
            }
        },
        null,
        timeout,
        timeout / 4);
}
