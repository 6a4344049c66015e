using TtsGrains.Grains.Calls;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Calls;

public sealed class GrainRetryTests
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Orleans cancels calls that it was placing when a silo was lost.</summary>
    [Theory]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(TaskCanceledException))]
    [InlineData(typeof(OrleansException))]
    public async Task Call_LostWithASilo_IsMadeAgain(Type loss)
    {
        var calls = 0;
        var answered = GrainRetry.InvokeAsync(() => ++calls == 1 ? Task.FromException<int>((Exception)Activator.CreateInstance(loss)!) : Task.FromResult(42), _time);

        _time.Advance(RetryDelay);

        Assert.Equal(42, await answered);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Call_WithoutAnAnswer_IsMadeAgain()
    {
        var calls = 0;
        var answered = GrainRetry.InvokeAsync(() => ++calls == 1 ? new TaskCompletionSource<int>().Task : Task.FromResult(42), _time);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(42, await answered);
    }

    [Fact]
    public async Task Call_ThatTheGrainRefuses_IsNotMadeAgain()
    {
        var calls = 0;

        await Assert.ThrowsAsync<InvalidOperationException>(() => GrainRetry.InvokeAsync<int>(() => throw new InvalidOperationException($"Call {++calls}."), _time));

        Assert.Equal(1, calls);
    }
}
