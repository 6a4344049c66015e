using TtsGrains.Grains.Diagnostics;
using TtsGrains.Protocol.Audio;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Diagnostics;

public sealed class PlayoutClockTests
{
    // One second of audio.
    private const int Second = 8000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly PlayoutClock _clock;

    public PlayoutClockTests() => _clock = new PlayoutClock(new AudioFormat(AudioEncoding.PcmMulaw, Second), _time);

    [Fact]
    public void OnAudio_WhileEarlierAudioPlays_IsOnTime()
    {
        _clock.OnAudio(Second);
        Pass(0.9);

        Assert.Equal(default, _clock.OnAudio(Second));
        Assert.False(_clock.IsDry);

        Pass(1.05);

        Assert.Equal(default, _clock.OnAudio(Second));
    }

    [Fact]
    public void OnAudio_AfterTheAudioWasPlayed_IsLateBecauseOfTheUpstream()
    {
        _clock.OnAudio(Second);
        Pass(1.3);

        Assert.True(_clock.IsDry);
        var late = _clock.OnAudio(Second);

        Assert.Equal(PauseCause.Upstream, late.Cause);
        Assert.Equal(0.3, late.Lateness.TotalSeconds, 3);
        Assert.True(late.IsPause);
    }

    [Fact]
    public void OnAudio_LateByLessThanAPause_IsNone()
    {
        _clock.OnAudio(Second);
        Pass(1.1);

        Assert.False(_clock.OnAudio(Second).IsPause);
    }

    [Fact]
    public void OnAudio_AfterAPause_PlaysFromThereOn()
    {
        _clock.OnAudio(Second);
        Pass(3);
        _clock.OnAudio(Second);
        Pass(0.9);

        Assert.Equal(default, _clock.OnAudio(Second));
    }

    [Fact]
    public void OnAudio_ThatWaitedForSeveralThings_IsPutDownToTheLongest()
    {
        _clock.OnAudio(Second);
        Pass(1.1);
        _clock.WaitFor(PauseCause.Slot);
        Pass(0.5);
        _clock.WaitFor(PauseCause.Upstream);
        Pass(0.2);

        Assert.Equal(PauseCause.Slot, _clock.OnAudio(Second).Cause);
    }

    [Fact]
    public void WaitFor_WhileAudioPlays_DoesNotCount()
    {
        _clock.OnAudio(Second);
        _clock.WaitFor(PauseCause.Slot);
        Pass(0.9);
        _clock.WaitFor(PauseCause.Upstream);
        Pass(0.4);

        Assert.Equal(PauseCause.Upstream, _clock.OnAudio(Second).Cause);
    }

    [Fact]
    public void OnTextAfterSilence_PutsThePauseDownToTheClient()
    {
        _clock.OnAudio(Second);
        Pass(3);
        _clock.OnTextAfterSilence();
        Pass(0.4);

        Assert.Equal(PauseCause.Client, _clock.OnAudio(Second).Cause);
    }

    [Fact]
    public void Restore_MakesTheSiloTheCause()
    {
        _clock.Restore(Second, TimeSpan.FromSeconds(2));
        _clock.WaitFor(PauseCause.Upstream);
        Pass(0.1);

        var late = _clock.OnAudio(Second);

        Assert.Equal(PauseCause.Silo, late.Cause);
        Assert.Equal(1.1, late.Lateness.TotalSeconds, 3);
    }

    [Fact]
    public void Restore_WithoutAudio_IsNoPause()
    {
        _clock.Restore(0, TimeSpan.FromSeconds(2));

        Assert.Equal(default, _clock.OnAudio(Second));
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
