using Orleans.Providers.Streams.Common;
using Orleans.Streams;
using TtsGrains.PushStreams.Messages;
using TtsGrains.PushStreams.Receiving;
using TtsGrains.Testing;

namespace TtsGrains.PushStreams.Tests.Receiving;

public sealed class PushQueueCacheTests
{
    private static readonly StreamId A = StreamId.Create("numbers", "a");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private long _number;

    [Fact]
    public void Cursor_GivesItsStreamsMessagesOnly_UpToABatchInOne()
    {
        var cache = NewCache(batch: 2);
        Add(cache, ("a", 1), ("b", 10), ("a", 2), ("a", 3));

        using var cursor = cache.GetCacheCursor(A, Token(1));

        Assert.Equal([1, 2], Next(cursor));
        Assert.Equal([3], Next(cursor));
        Assert.Empty(Next(cursor));
    }

    [Fact]
    public void Cursor_AtTheEnd_GoesOnWithWhatComes()
    {
        var cache = NewCache();
        Add(cache, ("a", 1));
        using var cursor = cache.GetCacheCursor(A, Token(1));
        Next(cursor);
        Assert.Empty(Next(cursor));

        Add(cache, ("a", 2));
        cursor.Refresh(Token(2));

        Assert.Equal([2], Next(cursor));
    }

    [Fact]
    public void Cursor_WithoutAToken_BeginsWithWhatComes()
    {
        var cache = NewCache();
        Add(cache, ("a", 1));

        using var cursor = cache.GetCacheCursor(A, token: null);
        Add(cache, ("a", 2));

        Assert.Equal([2], Next(cursor));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 2)]
    [InlineData(99, 4)]
    public void Cursor_AtAnyToken_BeginsWithTheFirstMessageThatIsNotBefore(int token, int first)
    {
        var cache = NewCache();
        Add(cache, ("a", 1), ("a", 2), ("a", 3));

        using var cursor = cache.GetCacheCursor(A, Token(token));
        Add(cache, ("a", 4));

        Assert.Equal(first, Next(cursor)[0]);
    }

    [Fact]
    public void Messages_WithARequestContext_GoByThemselves()
    {
        var cache = NewCache();
        var context = new Dictionary<string, object> { ["who"] = "me" };
        cache.AddToCache([Batch("a", 1), Batch("a", 2, context), Batch("a", 3, context), Batch("a", 4), Batch("a", 5)]);

        using var cursor = cache.GetCacheCursor(A, Token(1));

        Assert.Equal([[1], [2], [3], [4, 5]], new[] { Next(cursor), Next(cursor), Next(cursor), Next(cursor) });
    }

    [Fact]
    public void Messages_ThatAFilterLooksAt_GoByThemselves()
    {
        var cache = new PushQueueCache(Parts.Of(new PushStreamOptions(), _time, isFiltered: true));
        Add(cache, ("a", 1), ("a", 2));

        using var cursor = cache.GetCacheCursor(A, Token(1));

        Assert.Equal([1], Next(cursor));
    }

    [Fact]
    public void Delivered_IsWhatAllCursorsHaveLeftBehind()
    {
        var cache = NewCache(batch: 1);
        Add(cache, ("a", 1), ("a", 2));
        using var fast = cache.GetCacheCursor(A, Token(1));
        using var slow = cache.GetCacheCursor(A, Token(1));

        Next(fast);
        Next(fast);
        Next(slow);
        Assert.Equal(0, cache.Delivered);
        Next(slow);
        Assert.Equal(1, cache.Delivered);
        slow.Dispose();

        // The fast one is still being given the second.
        Assert.Equal(1, cache.Delivered);
        Next(fast);
        Assert.Equal(2, cache.Delivered);
    }

    [Fact]
    public void Delivered_StopsAtTheFirstMessageOfTheQueueThatSomebodyWaitsFor()
    {
        var cache = NewCache();
        using var slow = cache.GetCacheCursor(A, token: null);
        using var fast = cache.GetCacheCursor(StreamId.Create("numbers", "b"), token: null);
        Add(cache, ("b", 1), ("a", 2), ("b", 3));

        Next(fast);
        Next(fast);

        Assert.Equal(1, cache.Delivered);
    }

    [Fact]
    public void Messages_WithoutACursor_AreKeptForAMoment_ThenNobodyWaitsForThem()
    {
        var cache = NewCache();
        Add(cache, ("a", 1));
        Assert.Equal(0, cache.Delivered);
        using (var cursor = cache.GetCacheCursor(A, Token(1)))
        {
            Assert.Equal([1], Next(cursor));
        }

        _time.Advance(TimeSpan.FromSeconds(2.1));
        cache.GetMaxAddCount();

        Assert.Equal(1, cache.Delivered);
        using var late = cache.GetCacheCursor(A, Token(1));
        Assert.Empty(Next(late));
    }

    [Fact]
    public void Messages_ThatAllHaveGot_AreKeptForAMoment_ForWhoIsAboutToSubscribe()
    {
        var cache = NewCache();
        using var first = cache.GetCacheCursor(A, token: null);
        Add(cache, ("a", 1));
        Next(first);
        Next(first);
        Assert.Equal(1, cache.Delivered);

        using var late = cache.GetCacheCursor(A, Token(1));
        Assert.Equal([1], Next(late));
        _time.Advance(TimeSpan.FromSeconds(2.1));
        cache.GetMaxAddCount();
        using var tooLate = cache.GetCacheCursor(A, Token(1));

        Assert.Empty(Next(tooLate));
    }

    [Fact]
    public void Messages_WithoutACursor_DoNotFillTheCache()
    {
        var cache = NewCache(capacity: 10);

        for (var i = 0; i < 100; i++)
        {
            Assert.True(cache.Room > 0);
            Add(cache, ("a", i));
        }
    }

    [Fact]
    public async Task SlowConsumer_ThatIsWaitedFor_LeavesNoRoom_UntilItCatchesUp()
    {
        var cache = NewCache(capacity: 4, batch: 2);
        using var cursor = cache.GetCacheCursor(A, token: null);
        Add(cache, ("a", 1), ("a", 2), ("a", 3), ("b", 4));
        Next(cursor);
        Assert.Equal(0, cache.Room);
        var room = cache.WhenWritableAsync(TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
        Assert.False(room.IsCompleted);

        Next(cursor);

        await room;
        Assert.Equal(2, cache.Room);
        Assert.Equal(2, cache.Delivered);
    }

    [Fact]
    public void SlowConsumer_ThatIsNotWaitedFor_LosesTheOldest_AndGoesOnBehind()
    {
        var cache = NewCache(capacity: 4, batch: 1, SlowConsumers.Skip);
        using var cursor = cache.GetCacheCursor(A, token: null);
        Add(cache, ("a", 1), ("a", 2));
        Assert.Equal([1], Next(cursor));

        Add(cache, ("a", 3), ("a", 4), ("a", 5), ("a", 6), ("a", 7));

        Assert.True(cache.Room > 0);
        Assert.Equal([4], Next(cursor));
        Assert.Equal([5], Next(cursor));
    }

    [Fact]
    public void SlowConsumer_ThatIsNotWaitedFor_DoesNotCostOthersAnything()
    {
        var cache = NewCache(capacity: 4, batch: 1, SlowConsumers.Skip);
        using var slow = cache.GetCacheCursor(A, token: null);
        using var fast = cache.GetCacheCursor(StreamId.Create("numbers", "b"), token: null);
        Add(cache, ("a", 0));
        var got = new List<int>();

        for (var i = 1; i <= 20; i++)
        {
            Add(cache, ("b", i));
            got.AddRange(Next(fast));
        }

        Assert.Equal(Enumerable.Range(1, 20), got);
        Assert.Empty(Next(slow));
    }

    [Fact]
    public void Cursor_DisposedTwice_DoesNotHarmTheNext()
    {
        var cache = NewCache();
        var cursor = cache.GetCacheCursor(A, token: null);
        cursor.Dispose();
        using var next = cache.GetCacheCursor(A, token: null);
        cursor.Dispose();

        Add(cache, ("a", 1));

        Assert.Equal([1], Next(next));
    }

    private static EventSequenceTokenV2 Token(long number) => new(number);

    private static int[] Next(IQueueCacheCursor cursor)
        => cursor.MoveNextWithResult().Kind == QueueCacheCursorMoveResultKind.Success ? [.. cursor.GetCurrent(out _)!.GetEvents<int>().Select(item => item.Item1)] : [];

    private PushQueueCache NewCache(int capacity = 4_096, int batch = 64, SlowConsumers slow = SlowConsumers.Wait)
        => new(Parts.Of(new PushStreamOptions { CacheCapacity = capacity, BatchSize = batch, SlowConsumers = slow }, _time));

    private void Add(PushQueueCache cache, params (string Stream, int Item)[] messages)
        => cache.AddToCache([.. messages.Select(message => Batch(message.Stream, message.Item))]);

    private PushBatch Batch(string stream, int item, Dictionary<string, object>? context = null)
        => new(new NumberedMessage(++_number, Parts.Message(stream, item, context)));
}
