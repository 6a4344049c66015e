namespace TtsGrains.LocalVoice.Synthesis;

/// <summary>Turns text into samples. Called on the one synthesis thread only.</summary>
internal interface ISpeechEngine
{
    /// <summary>Samples per second of what it gives, Hz.</summary>
    int SampleRate { get; }

    /// <summary>True if it speaks one of espeak's languages.</summary>
    bool HasLanguage(string name);

    /// <summary>Speaks to the end, or until the listener has had enough.</summary>
    /// <exception cref="SpeechException">It cannot speak this.</exception>
    void Speak(Utterance utterance, ISpeechListener listener);
}

/// <summary>Hears an engine speak: first what begins in a block of samples, then the block.</summary>
internal interface ISpeechListener
{
    /// <summary>A word begins.</summary>
    /// <param name="position">Its position in the text, in Unicode code points from 0.</param>
    /// <param name="sample">Samples since the start of the utterance.</param>
    void OnWord(int position, long sample);

    /// <summary>A phoneme begins.</summary>
    /// <param name="name">In IPA; empty for a pause.</param>
    /// <param name="sample">Samples since the start of the utterance.</param>
    void OnPhoneme(string name, long sample);

    /// <summary>The next samples.</summary>
    /// <returns>False when the rest is not wanted any more.</returns>
    bool OnSamples(ReadOnlySpan<short> samples);
}
