using TtsGrains.LocalVoice.Synthesis;

namespace TtsGrains.LocalVoice.Espeak;

/// <summary>
/// Receives an utterance that may be spoken twice: what was received at the first try is left out at the second. Two tries are alike to a few
/// hundredths of a second, which is less than a gap would be.
/// </summary>
internal sealed class RetryListener(ISpeechListener listener) : ISpeechListener
{
    private long _samples;
    private long _samplesToSkip;
    private long _lastEvent = -1;
    private long _lastSkippedEvent = -1;

    /// <summary>The utterance is spoken again, from its beginning.</summary>
    public void Restart() => (_samplesToSkip, _lastSkippedEvent) = (_samples, _lastEvent);

    public void OnWord(int position, long sample)
    {
        if (IsNew(sample))
        {
            listener.OnWord(position, sample);
        }
    }

    public void OnPhoneme(string name, long sample)
    {
        if (IsNew(sample))
        {
            listener.OnPhoneme(name, sample);
        }
    }

    public bool OnSamples(ReadOnlySpan<short> samples)
    {
        var skipped = (int)Math.Min(_samplesToSkip, samples.Length);
        _samplesToSkip -= skipped;
        _samples += samples.Length - skipped;
        return skipped == samples.Length || listener.OnSamples(samples[skipped..]);
    }

    private bool IsNew(long sample)
    {
        _lastEvent = Math.Max(_lastEvent, sample);
        return sample > _lastSkippedEvent;
    }
}
