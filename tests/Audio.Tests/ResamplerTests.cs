namespace TtsGrains.Audio.Tests;

public sealed class ResamplerTests
{
    private const int Native = 22050;

    public static TheoryData<int> Rates => [8000, 16000, 22050, 24000, 44100, 48000];

    [Theory]
    [MemberData(nameof(Rates))]
    public void Convert_ToneInThePassBand_KeepsItsLevel(int rate)
    {
        foreach (var share in new[] { 0.02, 0.2, 0.5, 0.84 })
        {
            var frequency = share * Math.Min(rate, Native) / 2;

            var gain = Decibels(LevelAt(Convert(Tone(frequency, Native), rate, blocks: 1103), frequency, rate));

            Assert.InRange(gain, -0.1, 0.1);
        }
    }

    [Theory]
    [InlineData(8000, 4100)]
    [InlineData(8000, 5000)]
    [InlineData(8000, 9000)]
    [InlineData(16000, 8200)]
    [InlineData(16000, 10500)]
    public void Convert_ToneAboveTheNewNyquist_IsGone(int rate, double frequency)
    {
        var output = Convert(Tone(frequency, Native), rate, blocks: 1103);

        // All that is left, wherever it folded to.
        var middle = output.AsSpan(output.Length / 4, output.Length / 2);
        var sum = 0.0;
        foreach (var sample in middle)
        {
            sum += (double)sample * sample;
        }

        Assert.True(Decibels(Math.Sqrt(2 * sum / middle.Length)) < -60);
    }

    [Theory]
    [InlineData(24000)]
    [InlineData(44100)]
    [InlineData(48000)]
    public void Convert_ToneToAHigherRate_HasNoImage(int rate)
    {
        const double frequency = 3000;

        var output = Convert(Tone(frequency, Native), rate, blocks: 1103);

        var image = Native - frequency < rate / 2.0 ? Native - frequency : rate - (Native - frequency);
        Assert.True(Decibels(LevelAt(output, image, rate)) < -60);
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Convert_InBlocksOfAnySize_GivesTheSameSamples(int rate)
    {
        var input = Tone(440, Native);

        var whole = Convert(input, rate, blocks: input.Length);

        Assert.Equal(whole, Convert(input, rate, blocks: 7));
        Assert.Equal(whole, Convert(input, rate, blocks: 1103));
    }

    [Theory]
    [MemberData(nameof(Rates))]
    public void Drain_AfterAnyLength_GivesAsMuchAsWentIn(int rate)
    {
        foreach (var length in new[] { 1, 10, 441, 22050 })
        {
            var output = Convert(new float[length], rate, blocks: 100);

            Assert.Equal((int)Math.Ceiling((double)length * rate / Native), output.Length);
        }
    }

    [Fact]
    public void Drain_Twice_StartsAnewEachTime()
    {
        var resampler = new Resampler(Native, 8000);
        var output = new float[resampler.GetMaxOutput(1000)];
        var first = output[..(resampler.Write(Tone(440, 1000), output))].ToArray();
        resampler.Drain(output);

        var second = output[..(resampler.Write(Tone(440, 1000), output))].ToArray();

        Assert.Equal(first, second);
    }

    private static float[] Tone(double frequency, int count)
        => [.. Enumerable.Range(0, count).Select(n => (float)Math.Sin(2 * Math.PI * frequency * n / Native))];

    private static float[] Convert(float[] input, int rate, int blocks)
    {
        var resampler = new Resampler(Native, rate);
        var output = new float[resampler.GetMaxOutput(Math.Max(blocks, 1))];
        var all = new List<float>();
        foreach (var block in input.Chunk(blocks))
        {
            all.AddRange(output[..resampler.Write(block, output)]);
        }

        all.AddRange(output[..resampler.Drain(output)]);
        return [.. all];
    }

    // The amplitude of one frequency in the middle of the signal, through a window that keeps others out.
    private static double LevelAt(float[] samples, double frequency, int rate)
    {
        var (start, length) = (samples.Length / 4, samples.Length / 2);
        var (re, im, weight) = (0.0, 0.0, 0.0);
        for (var n = 0; n < length; n++)
        {
            var window = 0.5 - (0.5 * Math.Cos(2 * Math.PI * (n + 0.5) / length));
            var angle = 2 * Math.PI * frequency * n / rate;
            re += window * samples[start + n] * Math.Cos(angle);
            im += window * samples[start + n] * Math.Sin(angle);
            weight += window;
        }

        return 2 * Math.Sqrt((re * re) + (im * im)) / weight;
    }

    private static double Decibels(double amplitude) => 20 * Math.Log10(Math.Max(amplitude, 1e-12));
}
