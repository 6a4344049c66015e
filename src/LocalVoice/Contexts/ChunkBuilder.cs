using System.Buffers;
using TtsGrains.Audio;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.LocalVoice.Contexts;

/// <summary>Fills chunks with the samples of one context, in the form that the client asked for. Not thread-safe.</summary>
internal sealed class ChunkBuilder
{
    private readonly AudioFormat _format;
    private readonly Resampler _resampler;
    private readonly int _chunkSamples;
    private readonly Action<ArraySegment<byte>> _onFull;
    private int _limit;
    private byte[]? _chunk;
    private int _samples;

    /// <param name="sampleRate">Rate of the engine, Hz.</param>
    /// <param name="format">The client's format.</param>
    /// <param name="options">How long chunks are.</param>
    /// <param name="onFull">Takes over each chunk: an array of the shared pool.</param>
    public ChunkBuilder(int sampleRate, AudioFormat format, LocalVoiceOptions options, Action<ArraySegment<byte>> onFull)
    {
        _format = format;
        _resampler = new Resampler(sampleRate, format.SampleRate);
        _chunkSamples = SamplesIn(options.ChunkDuration);
        _limit = SamplesIn(options.FirstChunkDuration);
        _onFull = onFull;
    }

    /// <summary>Samples of the output so far.</summary>
    public long TotalSamples { get; private set; }

    /// <summary>Takes samples of the engine.</summary>
    public void Add(ReadOnlySpan<short> samples, float gain)
    {
        var floats = ArrayPool<float>.Shared.Rent(samples.Length);
        var output = ArrayPool<float>.Shared.Rent(_resampler.GetMaxOutput(samples.Length));
        var scale = gain / 32768f;
        for (var i = 0; i < samples.Length; i++)
        {
            floats[i] = samples[i] * scale;
        }

        var count = _resampler.Write(floats.AsSpan(0, samples.Length), output);
        Append(output.AsSpan(0, count));
        ArrayPool<float>.Shared.Return(floats);
        ArrayPool<float>.Shared.Return(output);
    }

    /// <summary>Gives all that the resampler still holds, and the chunk as it is.</summary>
    public void Drain()
    {
        var output = ArrayPool<float>.Shared.Rent(_resampler.GetMaxOutput(0));
        Append(output.AsSpan(0, _resampler.Drain(output)));
        ArrayPool<float>.Shared.Return(output);
        Seal();
    }

    /// <summary>Gives the chunk as it is, if there is anything in it.</summary>
    public void Seal()
    {
        if (_samples == 0)
        {
            return;
        }

        var chunk = new ArraySegment<byte>(_chunk!, 0, _samples * _format.BytesPerSample);
        (_chunk, _samples, _limit) = (null, 0, _chunkSamples);
        _onFull(chunk);
    }

    private void Append(ReadOnlySpan<float> samples)
    {
        TotalSamples += samples.Length;
        while (!samples.IsEmpty)
        {
            _chunk ??= ArrayPool<byte>.Shared.Rent(_limit * _format.BytesPerSample);
            var part = samples[..Math.Min(samples.Length, _limit - _samples)];
            SampleEncoder.Encode(part, _format.Encoding, _chunk.AsSpan(_samples * _format.BytesPerSample));
            _samples += part.Length;
            samples = samples[part.Length..];
            if (_samples == _limit)
            {
                Seal();
            }
        }
    }

    private int SamplesIn(TimeSpan duration) => (int)Math.Round(duration.TotalSeconds * _format.SampleRate);
}
