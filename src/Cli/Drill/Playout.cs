using System.Diagnostics;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli.Drill;

/// <summary>Plays audio as it comes, from the first chunk on, and finds the longest time for which there was nothing to play.</summary>
internal sealed class Playout(AudioFormat format)
{
    private long _playedAt;

    public TimeSpan LongestPause { get; private set; }

    /// <param name="bytes">Bytes of a chunk.</param>
    /// <param name="now">When it came, a timestamp of <see cref="Stopwatch"/>.</param>
    public void OnAudio(int bytes, long now)
    {
        if (_playedAt != 0 && now > _playedAt)
        {
            var pause = Stopwatch.GetElapsedTime(_playedAt, now);
            LongestPause = pause > LongestPause ? pause : LongestPause;
        }

        _playedAt = (_playedAt > now ? _playedAt : now) + (long)(format.DurationOf(bytes).TotalSeconds * Stopwatch.Frequency);
    }
}
