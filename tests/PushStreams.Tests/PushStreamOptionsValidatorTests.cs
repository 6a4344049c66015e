namespace TtsGrains.PushStreams.Tests;

public sealed class PushStreamOptionsValidatorTests
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    [Fact]
    public void Defaults_AreFine() => new PushStreamOptionsValidator("push", new PushStreamOptions(), ResponseTimeout).ValidateConfiguration();

    [Fact]
    public void AllThatIsWrong_IsNamedInOneMessage()
    {
        var options = new PushStreamOptions
        {
            QueueCount = 0,
            QueueCapacity = 0,
            BatchSize = 0,
            CacheCapacity = -1,
            PublishTimeout = ResponseTimeout,
            PollWait = TimeSpan.Zero,
            DeliveryTimeout = TimeSpan.FromSeconds(-1),
            SlowConsumers = (SlowConsumers)7,
        };

        var refusal = Assert.Throws<OrleansConfigurationException>(
            () => new PushStreamOptionsValidator("push", options, ResponseTimeout).ValidateConfiguration());

        Assert.All(typeof(PushStreamOptions).GetProperties(), setting => Assert.Contains($"{setting.Name} is ", refusal.Message, StringComparison.Ordinal));
        Assert.Contains("'push'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CacheSmallerThanABatch_IsRefused()
    {
        var options = new PushStreamOptions { BatchSize = 64, CacheCapacity = 63 };

        var refusal = Assert.Throws<OrleansConfigurationException>(
            () => new PushStreamOptionsValidator("push", options, ResponseTimeout).ValidateConfiguration());

        Assert.Contains("CacheCapacity is 63; it must be at least BatchSize, which is 64.", refusal.Message, StringComparison.Ordinal);
    }
}
