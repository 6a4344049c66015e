namespace TtsGrains.Protocol.Audio;

/// <summary>The form of a stream of mono samples.</summary>
/// <param name="Encoding">How one sample is written.</param>
/// <param name="SampleRate">Samples per second, Hz.</param>
public readonly record struct AudioFormat(AudioEncoding Encoding, int SampleRate)
{
    /// <summary>Bytes of one sample.</summary>
    public int BytesPerSample => Encoding switch
    {
        AudioEncoding.PcmF32Le => 4,
        AudioEncoding.PcmS16Le => 2,
        AudioEncoding.PcmMulaw or AudioEncoding.PcmAlaw => 1,
        _ => throw new InvalidOperationException($"{Encoding} is not an encoding of samples."),
    };

    /// <summary>Bytes of one second.</summary>
    public int BytesPerSecond => BytesPerSample * SampleRate;

    /// <summary>Gets the playing time of a number of bytes of audio.</summary>
    public TimeSpan DurationOf(long bytes) => TimeSpan.FromTicks(bytes * TimeSpan.TicksPerSecond / BytesPerSecond);
}
