using System.Numerics;
using System.Runtime.InteropServices;

namespace TtsGrains.Audio;

/// <summary>
/// Converts a stream of samples from one rate to another. It keeps what later outputs still need, so blocks join without a seam.
/// Not thread-safe.
/// </summary>
public sealed class Resampler
{
    private readonly PolyphaseTaps? _taps;
    private float[] _input = [];
    private int _count;
    private int _phase;
    private long _taken;
    private long _given;

    /// <param name="from">Rate of what is written, Hz.</param>
    /// <param name="to">Rate of what is read, Hz.</param>
    public Resampler(int from, int to)
    {
        From = from;
        To = to;
        _taps = from == to ? null : PolyphaseTaps.Between(from, to);
        Restart();
    }

    public int From { get; }

    public int To { get; }

    /// <summary>The largest number of output samples for a number of input samples.</summary>
    public int GetMaxOutput(int inputs) => (int)(((long)inputs + (_taps?.Length ?? 0)) * To / From) + 2;

    /// <summary>Takes samples in and gives those that are complete.</summary>
    /// <param name="samples">Any number, also none.</param>
    /// <param name="output">At least <see cref="GetMaxOutput"/> samples.</param>
    /// <returns>Samples given.</returns>
    public int Write(ReadOnlySpan<float> samples, Span<float> output)
    {
        _taken += samples.Length;
        if (_taps is null)
        {
            samples.CopyTo(output);
            return samples.Length;
        }

        Append(samples);
        return Convert(_taps, output, long.MaxValue);
    }

    /// <summary>Gives what is still inside, so that the output is as long as the input was, and starts anew.</summary>
    /// <param name="output">At least <see cref="GetMaxOutput"/> of 0 samples.</param>
    /// <returns>Samples given.</returns>
    public int Drain(Span<float> output)
    {
        var given = 0;
        if (_taps is not null)
        {
            var total = ((_taken * To) + From - 1) / From;
            Append(new float[_taps.Length]);
            given = Convert(_taps, output, total);
        }

        Restart();
        return given;
    }

    private int Convert(PolyphaseTaps taps, Span<float> output, long limit)
    {
        var at = 0;
        var written = 0;
        var length = taps.Length;
        var input = _input.AsSpan(0, _count);
        while (at + length <= input.Length && _given < limit)
        {
            output[written++] = Dot(input.Slice(at, length), taps.OfPhase(_phase));
            _given++;
            _phase += taps.Step;
            at += _phase / taps.Phases;
            _phase %= taps.Phases;
        }

        // When the rate goes down, the next output may start beyond what is here.
        var drop = Math.Min(at, input.Length);
        input[drop..].CopyTo(_input);
        _count -= drop;
        return written;
    }

    private void Append(ReadOnlySpan<float> samples)
    {
        if (_count + samples.Length > _input.Length)
        {
            Array.Resize(ref _input, Math.Max(_count + samples.Length, _input.Length * 2));
        }

        samples.CopyTo(_input.AsSpan(_count));
        _count += samples.Length;
    }

    private void Restart()
    {
        _taken = 0;
        _given = 0;
        _phase = 0;
        _count = 0;
        if (_taps is not null)
        {
            // Silence before the first sample: the filter is centred, so there is no delay.
            Append(new float[(_taps.Length / 2) - 1]);
        }
    }

    private static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        var sum = Vector<float>.Zero;
        for (nuint i = 0; i < (nuint)left.Length; i += (nuint)Vector<float>.Count)
        {
            sum += Vector.LoadUnsafe(ref a, i) * Vector.LoadUnsafe(ref b, i);
        }

        return Vector.Sum(sum);
    }
}
