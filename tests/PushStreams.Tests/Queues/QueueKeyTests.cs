using TtsGrains.PushStreams.Queues;

namespace TtsGrains.PushStreams.Tests.Queues;

public sealed class QueueKeyTests
{
    [Theory]
    [InlineData("streams", 0u, 8)]
    [InlineData("a/name/with/slashes", 4_095u, 4_096)]
    public void Parse_OfWhatToStringWrote_IsTheSame(string provider, uint number, int count)
    {
        var key = new QueueKey(provider, number, count);

        Assert.Equal(key, QueueKey.Parse(key.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("streams")]
    [InlineData("streams/1")]
    [InlineData("streams/one/8")]
    [InlineData("streams/-1/8")]
    public void Parse_OfSomethingElse_IsRefused(string key) => Assert.Throws<FormatException>(() => QueueKey.Parse(key));
}
