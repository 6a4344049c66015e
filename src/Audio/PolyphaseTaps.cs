using System.Collections.Concurrent;
using System.Numerics;

namespace TtsGrains.Audio;

/// <summary>
/// The filter of one conversion of sample rate: a Kaiser-windowed sinc, cut into one set of taps for each phase between two input samples.
/// Flat to 85 % of the lower Nyquist frequency, 80 dB down from there on up. Computed once per pair of rates and shared.
/// </summary>
public sealed class PolyphaseTaps
{
    private const double PassBand = 0.85;

    private const double Attenuation = 80;

    private static readonly ConcurrentDictionary<(int From, int To), PolyphaseTaps> Known = new();

    private readonly float[] _taps;

    private PolyphaseTaps(int from, int to)
    {
        var divisor = (int)BigInteger.GreatestCommonDivisor(from, to);
        Phases = to / divisor;
        Step = from / divisor;

        var nyquist = Math.Min(from, to) / 2.0;
        var transition = (1 - PassBand) * nyquist / from;
        var cutoff = (1 + PassBand) / 2 * nyquist / from;
        var length = (int)Math.Ceiling((Attenuation - 7.95) / (2.285 * 2 * Math.PI * transition));

        // A multiple of the widest vector, so that the inner loop has no remainder.
        Length = (length + 15) / 16 * 16;
        _taps = new float[Phases * Length];
        for (var phase = 0; phase < Phases; phase++)
        {
            Fill(_taps.AsSpan(phase * Length, Length), (double)phase / Phases, cutoff);
        }
    }

    /// <summary>Positions between two input samples at which outputs can fall.</summary>
    public int Phases { get; }

    /// <summary>How far one output is from the next, in input samples divided by <see cref="Phases"/>.</summary>
    public int Step { get; }

    /// <summary>Taps of one phase.</summary>
    public int Length { get; }

    /// <summary>The filter between two rates, Hz.</summary>
    public static PolyphaseTaps Between(int from, int to) => Known.GetOrAdd((from, to), static rates => new PolyphaseTaps(rates.From, rates.To));

    public ReadOnlySpan<float> OfPhase(int phase) => _taps.AsSpan(phase * Length, Length);

    private void Fill(Span<float> taps, double fraction, double cutoff)
    {
        var beta = 0.1102 * (Attenuation - 8.7);
        var half = Length / 2.0;
        var sum = 0.0;
        Span<double> exact = stackalloc double[taps.Length];
        for (var k = 0; k < taps.Length; k++)
        {
            // Tap k weighs the input sample (k - half + 1) after the one at or before the output.
            var distance = k - half + 1 - fraction;
            exact[k] = 2 * cutoff * Sinc(2 * cutoff * distance) * Kaiser(distance / half, beta);
            sum += exact[k];
        }

        // The same gain in every phase: else a constant input would come out with a ripple.
        for (var k = 0; k < taps.Length; k++)
        {
            taps[k] = (float)(exact[k] / sum);
        }
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Kaiser(double x, double beta) => Math.Abs(x) >= 1 ? 0 : BesselI0(beta * Math.Sqrt(1 - (x * x))) / BesselI0(beta);

    private static double BesselI0(double x)
    {
        var sum = 1.0;
        var term = 1.0;
        for (var k = 1; term > sum * 1e-12; k++)
        {
            term *= x / 2 / k * (x / 2 / k);
            sum += term;
        }

        return sum;
    }
}
