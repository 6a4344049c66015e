namespace TtsGrains.Protocol.Audio;

/// <summary>The names that the wire uses for containers, encodings and sample rates.</summary>
public static class AudioNames
{
    /// <summary>The sample rates that a client may ask for, Hz, as Cartesia lists them.</summary>
    public static IReadOnlyList<int> SampleRates { get; } = [8000, 16000, 22050, 24000, 44100, 48000];

    /// <summary>The wire's name of an encoding, such as <c>pcm_mulaw</c>.</summary>
    public static string ToWireName(this AudioEncoding encoding) => encoding switch
    {
        AudioEncoding.PcmF32Le => "pcm_f32le",
        AudioEncoding.PcmS16Le => "pcm_s16le",
        AudioEncoding.PcmMulaw => "pcm_mulaw",
        AudioEncoding.PcmAlaw => "pcm_alaw",
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Not an encoding of samples."),
    };

    /// <summary>The encoding of that wire name; <see cref="AudioEncoding.None"/> when there is none.</summary>
    public static AudioEncoding ParseEncoding(string name) => name switch
    {
        "pcm_f32le" => AudioEncoding.PcmF32Le,
        "pcm_s16le" => AudioEncoding.PcmS16Le,
        "pcm_mulaw" => AudioEncoding.PcmMulaw,
        "pcm_alaw" => AudioEncoding.PcmAlaw,
        _ => AudioEncoding.None,
    };

    /// <summary>The container of that wire name; <see cref="AudioContainer.None"/> when there is none.</summary>
    public static AudioContainer ParseContainer(string name) => name switch
    {
        "raw" => AudioContainer.Raw,
        "wav" => AudioContainer.Wav,
        "mp3" => AudioContainer.Mp3,
        _ => AudioContainer.None,
    };
}
