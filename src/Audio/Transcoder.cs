using TtsGrains.Protocol.Audio;

namespace TtsGrains.Audio;

/// <summary>
/// Changes a stream of audio from one form to another, piece by piece and without a seam: encoding, rate or both. Not thread-safe.
/// </summary>
public sealed class Transcoder
{
    private readonly AudioFormat _from;
    private readonly AudioFormat _to;
    private readonly Resampler _resampler;
    private readonly List<byte> _torn = [];
    private float[] _samples = [];
    private float[] _resampled = [];

    /// <param name="from">The form of what is written.</param>
    /// <param name="to">The form of what comes out.</param>
    public Transcoder(AudioFormat from, AudioFormat to)
    {
        (_from, _to) = (from, to);
        _resampler = new Resampler(from.SampleRate, to.SampleRate);
    }

    /// <summary>Takes audio and gives what is complete. A sample that is torn between two pieces is put together again.</summary>
    public byte[] Write(ReadOnlySpan<byte> audio)
    {
        if (_from == _to)
        {
            return audio.ToArray();
        }

        if (_torn.Count > 0 || audio.Length % _from.BytesPerSample != 0)
        {
            _torn.AddRange(audio);
            var whole = _torn.Count / _from.BytesPerSample * _from.BytesPerSample;
            var joined = _torn.GetRange(0, whole).ToArray();
            _torn.RemoveRange(0, whole);
            return Convert(joined);
        }

        return Convert(audio);
    }

    /// <summary>Gives what was held back, so that the whole plays as long as what was written, and starts anew.</summary>
    public byte[] Drain()
    {
        _torn.Clear();
        Grow(ref _resampled, _resampler.GetMaxOutput(0));
        return Encode(_resampler.Drain(_resampled));
    }

    private byte[] Convert(ReadOnlySpan<byte> audio)
    {
        Grow(ref _samples, audio.Length / _from.BytesPerSample);
        var count = SampleDecoder.Decode(audio, _from.Encoding, _samples);
        Grow(ref _resampled, _resampler.GetMaxOutput(count));
        return Encode(_resampler.Write(_samples.AsSpan(0, count), _resampled));
    }

    private byte[] Encode(int samples)
    {
        var output = new byte[samples * _to.BytesPerSample];
        SampleEncoder.Encode(_resampled.AsSpan(0, samples), _to.Encoding, output);
        return output;
    }

    private static void Grow(ref float[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new float[length];
        }
    }
}
