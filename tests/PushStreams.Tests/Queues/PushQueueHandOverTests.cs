using TtsGrains.PushStreams.Queues;

namespace TtsGrains.PushStreams.Tests.Queues;

/// <summary>What a queue does when its receiver, or its silo, gives way to another.</summary>
public sealed class PushQueueHandOverTests : PushQueueFixture
{
    [Fact]
    public async Task Take_GivesMessagesInOrder_WithGrowingNumbers_AtMostSoMany()
    {
        var queue = NewQueue();
        await PutAsync(queue, 1, 2, 3);

        var first = queue.Take(Request(count: 2));
        var second = queue.Take(Request(received: Last(first), count: 2));

        Assert.Equal([1, 2], Items(first));
        Assert.Equal([3], Items(second));
        Assert.Equal([1, 2, 3], first.Messages.Concat(second.Messages).Select(message => (int)(message.Number - Start.UtcTicks)));
    }

    [Fact]
    public async Task Take_ByTheNextReceiver_BeginsWithWhatWasNotDelivered()
    {
        var queue = NewQueue();
        await PutAsync(queue, 1, 2, 3);
        var taken = queue.Take(Request());
        await PutAsync(queue, 4);

        queue.Release(Receiver, delivered: taken.Messages[0].Number);
        var next = Guid.NewGuid();
        var again = queue.Take(new DequeueRequest(next, 0, 0, 10));

        Assert.Equal([2, 3], Items(again));
        Assert.Equal([4], Items(queue.Take(new DequeueRequest(next, Last(again), 0, 10))));
    }

    [Fact]
    public async Task Take_WhileAnotherHasTheQueue_IsRefused_UntilThatOneLeaves()
    {
        var queue = NewQueue();
        queue.Take(Request());
        await PutAsync(queue, 1);
        var next = queue.TakeAsync(new DequeueRequest(Guid.NewGuid(), 0, 0, 10), TimeSpan.FromSeconds(1), Cancel).AsTask();
        Assert.False(next.IsCompleted);

        queue.Release(Receiver, delivered: 0);

        var taken = await next;
        Assert.Equal([1], Items(taken));
    }

    [Fact]
    public async Task TakeAsync_OnceTheQueueIsItsOwn_SaysSoAtOnce_EvenWithoutMessages()
    {
        var queue = NewQueue();
        queue.Take(Request());
        var next = queue.TakeAsync(new DequeueRequest(Guid.NewGuid(), 0, 0, 10), TimeSpan.FromHours(1), Cancel).AsTask();
        Assert.False(next.IsCompleted);

        queue.Release(Receiver, delivered: 0);

        Assert.True((await next).IsHeld);
    }

    [Fact]
    public async Task Take_AfterTheHolderFellSilent_TakesOver()
    {
        var queue = NewQueue();
        queue.Take(Request());
        await PutAsync(queue, 1);
        var next = new DequeueRequest(Guid.NewGuid(), 0, 0, 10);

        Time.Advance(Lease - TimeSpan.FromMilliseconds(1));
        Assert.False(queue.Take(next).IsHeld);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([1], Items(queue.Take(next)));
        Assert.False(queue.Take(Request()).IsHeld);
    }

    [Fact]
    public async Task Close_EndsAllWaits_AndTellsPublishersThatItMoved()
    {
        var queue = NewQueue(capacity: 1);
        await PutAsync(queue, 1);
        var publisher = PutAsync(queue, 2);
        var other = queue.TakeAsync(Request(count: 0), TimeSpan.FromHours(1), Cancel).AsTask();

        queue.Close();

        Assert.Equal(Enqueued.Moved, await publisher);
        Assert.Equal(Enqueued.Moved, await PutAsync(queue, 3));
        Assert.Empty((await other).Messages);
        Assert.False(queue.Take(Request()).IsHeld);
    }

    [Fact]
    public async Task Close_EndsAReceiversWait()
    {
        var queue = NewQueue();
        var taking = queue.TakeAsync(Request(), TimeSpan.FromHours(1), Cancel).AsTask();

        queue.Close();

        Assert.Equal(DequeueAnswer.None, await taking);
    }

    [Fact]
    public async Task EndWaits_LetsAllAskAgain_AndLosesNothing()
    {
        var queue = NewQueue();
        var taking = queue.TakeAsync(Request(), TimeSpan.FromHours(1), Cancel).AsTask();

        queue.EndWaits();

        Assert.Empty((await taking).Messages);
        await PutAsync(queue, 1);
        var taken = await queue.TakeAsync(Request(), TimeSpan.FromHours(1), Cancel);
        Assert.Equal([1], Items(taken));
    }

    [Fact]
    public async Task EndWaits_WithoutRoom_TellsPublishersToTryAgain_AndTheQueueGoesOn()
    {
        var queue = NewQueue(capacity: 1);
        await PutAsync(queue, 1);
        var publisher = PutAsync(queue, 2);

        queue.EndWaits();

        Assert.Equal(Enqueued.Moved, await publisher);
        Assert.Equal([1], Items(queue.Take(Request())));
        Assert.Equal(Enqueued.Accepted, await PutAsync(queue, 2));
    }

    [Fact]
    public async Task QueueOnAnotherSilo_GoesOnWhereThisOneStopped()
    {
        var queue = NewQueue();
        await PutAsync(queue, 1, 2);
        var taken = queue.Take(Request(count: 1));

        var moved = new PushQueue(10, Lease, Time, queue.Close());
        await PutAsync(moved, 3);

        Assert.False(moved.Take(new DequeueRequest(Guid.NewGuid(), 0, 0, 10)).IsHeld);
        var rest = moved.Take(Request(received: Last(taken)));
        Assert.Equal([2, 3], Items(rest));
        Assert.True(rest.Messages[0].Number > Last(taken));
    }

    [Fact]
    public async Task Numbers_OfANewQueue_AreGreaterThanThoseOfOneThatWasLost()
    {
        var lost = NewQueue(capacity: 100_000);
        await PutAsync(lost, [.. Enumerable.Range(0, 100_000)]);
        var last = Last(lost.Take(Request(count: 100_000)));
        Time.Advance(TimeSpan.FromSeconds(1));

        var queue = NewQueue();
        await PutAsync(queue, 1);

        Assert.True(queue.Take(new DequeueRequest(Guid.NewGuid(), 0, 0, 1)).Messages[0].Number > last);
    }

    [Fact]
    public async Task Numbers_OfASiloWhoseClockIsBehind_StillGrowForTheReceiver()
    {
        var seen = Start.UtcTicks + TimeSpan.TicksPerHour;
        var queue = NewQueue();
        await PutAsync(queue, 1, 2);

        var taken = queue.Take(Request(received: seen));

        Assert.Equal([seen + 1, seen + 2], taken.Messages.Select(message => message.Number));
    }
}
