using TtsGrains.PushStreams.Queues;

namespace TtsGrains.PushStreams.Tests.Queues;

public sealed class PushQueueTests : PushQueueFixture
{
    [Fact]
    public async Task TakeAsync_WithNothingThere_WaitsForTheNextMessage()
    {
        var queue = NewQueue();
        var taking = queue.TakeAsync(Request(), TimeSpan.FromSeconds(1), Cancel).AsTask();
        Assert.False(taking.IsCompleted);

        await PutAsync(queue, 7);

        var taken = await taking;
        Assert.Equal([7], Items(taken));
    }

    [Fact]
    public async Task TakeAsync_WithNothingComing_EndsWithTheWait()
    {
        var queue = NewQueue();
        var taking = queue.TakeAsync(Request(), TimeSpan.FromSeconds(1), Cancel).AsTask();

        Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(taking.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(new { Count = 0, IsHeld = true }, new { Count = (await taking).Messages.Length, (await taking).IsHeld });
    }

    [Fact]
    public async Task TakeAsync_Cancelled_EndsAtOnce_AndTakesNothing()
    {
        var queue = NewQueue();
        using var stop = new CancellationTokenSource();
        var taking = queue.TakeAsync(Request(), TimeSpan.FromHours(1), stop.Token).AsTask();

        await stop.CancelAsync();
        Assert.Empty((await taking).Messages);
        await PutAsync(queue, 1);

        Assert.Equal([1], Items(queue.Take(Request())));
    }

    [Fact]
    public async Task Enqueue_IntoAFullQueue_WaitsItsTurnForRoom()
    {
        var queue = NewQueue(capacity: 1);
        await PutAsync(queue, 1);
        var second = PutAsync(queue, 2);
        var third = PutAsync(queue, 3);
        Assert.False(second.IsCompleted);

        Assert.Equal([1], Items(queue.Take(Request())));

        Assert.Equal(Enqueued.Accepted, await second);
        Assert.False(third.IsCompleted);
        Assert.Equal([2], Items(queue.Take(Request(received: long.MaxValue))));
        Assert.Equal(Enqueued.Accepted, await third);
    }

    [Fact]
    public async Task Enqueue_IntoAQueueThatStaysFull_FailsAfterThePatience_AndLeavesTheMessageOut()
    {
        var queue = NewQueue(capacity: 1);
        queue.Take(Request());
        await PutAsync(queue, 1);
        var refused = PutAsync(queue, 2);

        Time.Advance(Timeout);

        Assert.Equal(Enqueued.Full, await refused);
        Assert.Equal([1], Items(queue.Take(Request())));
        Assert.Empty(queue.Take(Request(received: long.MaxValue)).Messages);
    }

    [Fact]
    public async Task Enqueue_IntoAFullQueueOfNobody_SaysSo()
    {
        var queue = NewQueue(capacity: 1);
        await PutAsync(queue, 1);
        var refused = PutAsync(queue, 2);

        Time.Advance(Timeout);

        Assert.Equal(Enqueued.Unattended, await refused);
    }

    [Fact]
    public async Task Take_AfterALostAnswer_GivesTheSameAgain()
    {
        var queue = NewQueue();
        await PutAsync(queue, 1, 2);
        var lost = queue.Take(Request());
        await PutAsync(queue, 3);

        var again = queue.Take(Request());

        Assert.Equal(lost.Messages, again.Messages);
        Assert.Equal([3], Items(queue.Take(Request(received: Last(again)))));
    }

    [Fact]
    public async Task Take_ForgetsWhatIsDelivered()
    {
        var queue = NewQueue();
        await PutAsync(queue, 1, 2, 3);
        var taken = queue.Take(Request());

        queue.Take(Request(received: Last(taken), delivered: taken.Messages[1].Number));

        Assert.Equal([3], queue.Close().UnderWay.SelectMany(message => message.Message.Events.Cast<int>()));
    }
}
