using TtsGrains.Protocol.Audio;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>
/// Follows the audio of one context as a client plays it that starts with the first chunk: finds chunks that come after the audio before them has been
/// played, and what they waited for meanwhile. Thread-safe; a chunk costs one look at the clock.
/// </summary>
/// <param name="format">The form of the audio.</param>
/// <param name="time">The clock.</param>
internal sealed class PlayoutClock(AudioFormat format, TimeProvider time)
{
    private readonly Lock _gate = new();

    // Timestamps for which the audio has waited since it was played, by cause.
    private readonly long[] _waited = new long[(int)PauseCause.Archive + 1];
    private PauseCause _waitsFor = PauseCause.Upstream;
    private long _since;
    private long _playedAt;
    private bool _hasStarted;

    /// <summary>True if all audio so far has been played.</summary>
    public bool IsDry
    {
        get
        {
            var now = time.GetTimestamp();
            lock (_gate)
            {
                return _hasStarted && now > _playedAt;
            }
        }
    }

    /// <summary>Takes note of a chunk.</summary>
    /// <param name="bytes">Bytes of its audio.</param>
    /// <returns>How late it is, and because of what; nothing if it is on time.</returns>
    public LateChunk OnAudio(long bytes)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            var late = _hasStarted ? now - _playedAt : 0;
            var cause = PauseCause.None;
            if (late > 0)
            {
                AddWaited(now);
                cause = FindLongest();
            }

            Array.Clear(_waited);
            (_waitsFor, _since) = (PauseCause.Upstream, now);
            _playedAt = (_hasStarted && late <= 0 ? _playedAt : now) + Timestamps(bytes);
            _hasStarted = true;
            return late > 0 ? new LateChunk(time.GetElapsedTime(0, late), cause) : default;
        }
    }

    /// <summary>From now on the audio waits for something else.</summary>
    public void WaitFor(PauseCause cause)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            AddWaited(now);
            (_waitsFor, _since) = (cause, now);
        }
    }

    /// <summary>Puts the time since all audio was played down to the client, which had sent no text until now.</summary>
    public void OnTextAfterSilence()
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            Array.Clear(_waited);
            _waited[(int)PauseCause.Client] = Math.Max(0, now - _playedAt);
            _since = now;
        }
    }

    /// <summary>Continues a context that was on another silo: until its next audio, the silo is the cause of the pause.</summary>
    /// <param name="bytes">Bytes of the audio that it had.</param>
    /// <param name="age">How long ago it was opened: a client has played for no longer.</param>
    public void Restore(long bytes, TimeSpan age)
    {
        if (bytes == 0)
        {
            return;
        }

        var now = time.GetTimestamp();
        lock (_gate)
        {
            _hasStarted = true;
            _playedAt = now - (long)(age.TotalSeconds * time.TimestampFrequency) + Timestamps(bytes);
            (_waitsFor, _since) = (PauseCause.Silo, Math.Min(now, _playedAt));
        }
    }

    private void AddWaited(long now) => _waited[(int)_waitsFor] += Math.Max(0, now - Math.Max(_since, _playedAt));

    private PauseCause FindLongest()
    {
        var longest = PauseCause.Upstream;
        for (var cause = PauseCause.Upstream; cause <= PauseCause.Archive; cause++)
        {
            longest = _waited[(int)cause] > _waited[(int)longest] ? cause : longest;
        }

        return longest;
    }

    private long Timestamps(long bytes) => bytes * time.TimestampFrequency / format.BytesPerSecond;
}

/// <summary>How late a chunk came.</summary>
/// <param name="Lateness">The time since the audio before it had been played; zero if it was on time.</param>
/// <param name="Cause">What it waited for; <see cref="PauseCause.None"/> if it was on time.</param>
internal readonly record struct LateChunk(TimeSpan Lateness, PauseCause Cause)
{
    /// <summary>True if a listener notices it.</summary>
    public bool IsPause => Lateness >= Pauses.Shortest;
}
