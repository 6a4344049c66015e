using System.Globalization;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The form that somebody wants audio in, by query; what is left out stays as it is.</summary>
/// <param name="Encoding">The encoding; null as it is.</param>
/// <param name="SampleRate">The rate, Hz; null as it is.</param>
internal readonly record struct WantedFormat(AudioEncoding? Encoding, int? SampleRate)
{
    /// <summary>What the API's description says of <c>encoding</c>.</summary>
    public const string EncodingHelp = "The encoding wanted: pcm_f32le, pcm_s16le, pcm_mulaw or pcm_alaw; as it is when left out.";

    /// <summary>What the API's description says of <c>sample_rate</c>.</summary>
    public const string SampleRateHelp = "The sample rate wanted, Hz: 8000, 16000, 22050, 24000, 44100 or 48000; as it is when left out.";

    /// <summary>Reads what a query says.</summary>
    /// <returns>Null, or the name of what is wrong and what it must be.</returns>
    public static (string Name, string Rule)? TryRead(string? encoding, string? sampleRate, out WantedFormat wanted)
    {
        wanted = default;
        if (encoding is not null)
        {
            wanted = wanted with { Encoding = AudioNames.ParseEncoding(encoding) };
            if (wanted.Encoding == AudioEncoding.None)
            {
                return ("encoding", "one of pcm_f32le, pcm_s16le, pcm_mulaw, pcm_alaw");
            }
        }

        if (sampleRate is not null)
        {
            if (!int.TryParse(sampleRate, NumberStyles.None, CultureInfo.InvariantCulture, out var hertz) || !AudioNames.SampleRates.Contains(hertz))
            {
                return ("sample_rate", $"one of {string.Join(", ", AudioNames.SampleRates)} Hz");
            }

            wanted = wanted with { SampleRate = hertz };
        }

        return null;
    }

    /// <summary>The form that audio of another form is to be given in.</summary>
    public AudioFormat Of(AudioFormat source) => new(Encoding ?? source.Encoding, SampleRate ?? source.SampleRate);
}
