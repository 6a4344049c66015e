using TtsGrains.ApiHost.Tts;

namespace TtsGrains.ApiHost.Tests.Socket;

public sealed class CoalescingStreamTests : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly RecordingTransport _transport = new();

    public void Dispose() => _transport.Dispose();

    [Fact]
    public async Task Release_ManyHeldWrites_AreOneWriteInTheirOrder()
    {
        await using var stream = new CoalescingStream(_transport);
        stream.Hold();
        byte[] expected = [.. Enumerable.Range(0, 50_000).Select(i => (byte)(i / 10))];
        for (var from = 0; from < expected.Length; from += 500)
        {
            await stream.WriteAsync(expected.AsMemory(from, 500), Cancellation);
        }

        Assert.Empty(_transport.Writes);
        Assert.Equal(expected.Length, stream.HeldBytes);
        await stream.ReleaseAsync();

        Assert.Equal(expected, Assert.Single(_transport.Writes));
        Assert.Equal(0, stream.HeldBytes);
    }

    [Fact]
    public async Task Write_NotHeld_GoesThrough()
    {
        await using var stream = new CoalescingStream(_transport);
        await stream.WriteAsync(new byte[] { 1 }, Cancellation);
        stream.Hold();
        await stream.WriteAsync(new byte[] { 2 }, Cancellation);
        await stream.ReleaseAsync();
        await stream.WriteAsync(new byte[] { 3 }, Cancellation);

        Assert.Equal<byte[]>([[1], [2], [3]], _transport.Writes);
    }

    [Fact]
    public async Task Release_NothingHeld_WritesNothing()
    {
        await using var stream = new CoalescingStream(_transport);
        stream.Hold();
        await stream.ReleaseAsync();

        Assert.Empty(_transport.Writes);
    }

    /// <summary>The WebSocket answers a ping while a buffer is on its way to a slow client.</summary>
    [Fact]
    public async Task Write_WhileABufferIsWritten_ComesBehindIt()
    {
        await using var stream = new CoalescingStream(_transport);
        var taken = _transport.Block();
        stream.Hold();
        await stream.WriteAsync(new byte[] { 1 }, Cancellation);
        var release = stream.ReleaseAsync().AsTask();
        var ping = stream.WriteAsync(new byte[] { 2 }, Cancellation).AsTask();
        Assert.False(release.IsCompleted || ping.IsCompleted);

        taken.SetResult();
        await Task.WhenAll(release, ping);

        Assert.Equal<byte[]>([[1], [2]], _transport.Writes);
    }

    [Fact]
    public async Task Release_TransportThatIsGone_ThrowsAndLetsWritesThrough()
    {
        await using var stream = new CoalescingStream(_transport);
        stream.Hold();
        await stream.WriteAsync(new byte[] { 1 }, Cancellation);
        _transport.Block().SetException(new IOException("gone"));

        await Assert.ThrowsAsync<IOException>(async () => await stream.ReleaseAsync());
        Assert.Equal(0, stream.HeldBytes);
    }

    private sealed class RecordingTransport : MemoryStream
    {
        private TaskCompletionSource? _blocked;

        public List<byte[]> Writes { get; } = [];

        public TaskCompletionSource Block() => _blocked = new TaskCompletionSource();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref _blocked, null) is { } blocked)
            {
                await blocked.Task;
            }

            Writes.Add(buffer.ToArray());
        }
    }
}
