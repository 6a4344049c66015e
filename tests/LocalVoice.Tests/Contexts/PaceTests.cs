using TtsGrains.LocalVoice.Contexts;
using Xunit;

namespace TtsGrains.LocalVoice.Tests.Contexts;

public sealed class PaceTests
{
    private const long Frequency = 1000;

    [Fact]
    public void Sent_InTime_KeepsTheRateFromTheFirstChunk()
    {
        var pace = new Pace(realtimeFactor: 2, Frequency);

        pace.Sent(now: 5000, seconds: 0.1);
        Assert.Equal(5050, pace.Due);

        // Ten late, as a timer may be: the next is due as if it had not been.
        pace.Sent(now: 5060, seconds: 0.1);
        Assert.Equal(5100, pace.Due);
    }

    [Fact]
    public void Sent_AfterAPause_StartsAnew()
    {
        var pace = new Pace(realtimeFactor: 1, Frequency);
        pace.Sent(now: 0, seconds: 0.1);

        pace.Sent(now: 9000, seconds: 0.1);

        Assert.Equal(9100, pace.Due);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.PositiveInfinity)]
    public void Sent_WithoutLimit_IsDueAtOnce(double factor)
    {
        var pace = new Pace(factor, Frequency);

        pace.Sent(now: 5000, seconds: 10);

        Assert.Equal(0, pace.Due);
    }
}
