using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using TtsGrains.ApiHost.Tts;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>Text messages become binary ones below the WebSocket, and nothing else changes, however the bytes are split across reads.</summary>
public sealed class ClientFramesTests
{
    private const byte Text = 0x81, TextStart = 0x01, Continuation = 0x80, ContinuationPart = 0x00, Binary = 0x82, BinaryStart = 0x02, Close = 0x88, Ping = 0x89, Pong = 0x8A;
    private const byte Compressed = 0x40;

    // Payloads are full of bytes that would be headers elsewhere.
    private static readonly (byte First, int Length, bool IsMasked)[] Frames =
    [
        (Text, 0, true), (Text, 1, true), (Text, 125, true), (Ping, 4, true), (Text, 126, true), (Text, 300, true), (Text, 0x8181, true),
        (TextStart, 3, true), (ContinuationPart, 2, true), (Ping, 0, true), (ContinuationPart, 0, true), (Pong, 125, true), (Continuation, 9, true),
        (Binary, 5, true), (Text, 2, true), (BinaryStart, 0, true), (Continuation, 130, true), (Text, 70_000, true),
        (Text | Compressed, 17, true), (TextStart | Compressed, 17, true), (Continuation, 1, true), (Text, 0, false), (Text, 7, false), (Text, 200, false), (Close, 9, true),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(14)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public void Advance_PiecesOfOneSize_ChangesTextOpcodesOnly(int size)
    {
        var (bytes, expected) = Render(Frames);
        var frames = new ClientFrames();
        for (var at = 0; at < bytes.Length; at += size)
        {
            frames.Advance(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
        }

        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void Advance_EverySplitInThree_ChangesTextOpcodesOnly()
    {
        var (bytes, expected) = Render(
            [(Text, 2, true), (TextStart, 1, true), (Ping, 1, true), (Continuation, 1, true), (Text, 126, true), (Binary, 1, true), (Text, 0, true), (Close, 2, true)]);
        var copy = new byte[bytes.Length];
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                bytes.CopyTo(copy, 0);
                var frames = new ClientFrames();
                frames.Advance(copy.AsSpan(..first));
                frames.Advance(copy.AsSpan(first..second));
                frames.Advance(copy.AsSpan(second..));
                Assert.True(expected.AsSpan().SequenceEqual(copy), $"split at {first} and {second}");
            }
        }
    }

    [Fact]
    public void WasBinary_TextAndBinaryMessages_IsTrueOfTheBinaryOnes()
    {
        var frames = new ClientFrames();
        frames.Advance(Render(
            [(Text, 1, true), (Binary, 1, true), (Ping, 1, true), (TextStart, 1, true), (Continuation, 1, true), (BinaryStart, 0, true), (Continuation, 3, true), (Text, 0, true)]).Bytes);

        Assert.Equal([false, true, false, true, false, false], Enumerable.Range(0, 6).Select(i => frames.WasBinary(i)));
    }

    [Fact]
    public void Advance_AnyText_AllocatesNothing()
    {
        var (sent, _) = Render([(Text, 100, true), (Ping, 4, true), (TextStart, 300, true), (Continuation, 70_000, true)]);
        var bytes = sent.ToArray();
        var frames = new ClientFrames();
        frames.Advance(bytes);
        sent.CopyTo(bytes, 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        frames.Advance(bytes.AsSpan(0, 100));
        frames.Advance(bytes.AsSpan(100));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 4096)]
    [InlineData(true, 1)]
    [InlineData(true, 4096)]
    public async Task WebSocket_AboveTheTransport_ReceivesTextAsBinaryAlsoWhenCompressed(bool isCompressed, int readSize)
    {
        var deflate = isCompressed ? new WebSocketDeflateOptions() : null;
        byte[][] messages = [Encoding.UTF8.GetBytes(new string('a', 5000)), [0xC3, 0x28], "in pieces"u8.ToArray()];
        using var sent = new MemoryStream();
        using (var client = WebSocket.CreateFromStream(sent, new WebSocketCreationOptions { DangerousDeflateOptions = deflate }))
        {
            await client.SendAsync(messages[0], WebSocketMessageType.Text, endOfMessage: true, Cancellation);
            await client.SendAsync(messages[1], WebSocketMessageType.Text, endOfMessage: true, Cancellation);
            await client.SendAsync(messages[2].AsMemory(..3), WebSocketMessageType.Text, endOfMessage: false, Cancellation);
            await client.SendAsync(messages[2].AsMemory(3..), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        }

        await using var transport = new CoalescingStream(new PieceStream(sent.ToArray(), readSize));
        using var server = WebSocket.CreateFromStream(transport, new WebSocketCreationOptions { IsServer = true, DangerousDeflateOptions = deflate });

        foreach (var message in messages)
        {
            var (type, received) = await ReceiveAsync(server);
            Assert.Equal(WebSocketMessageType.Binary, type);
            Assert.Equal(message, received);
        }
    }

    /// <summary>The WebSocket still checks the reason of a close frame.</summary>
    [Theory]
    [InlineData(0x28, false)]
    [InlineData(0xA9, true)]
    public async Task WebSocket_ReasonOfAClose_MustBeUtf8(byte second, bool isValid)
    {
        await using var transport = new CoalescingStream(new PieceStream([Close, 0x84, 0, 0, 0, 0, 0x03, 0xE8, 0xC3, second], 3));
        using var server = WebSocket.CreateFromStream(transport, new WebSocketCreationOptions { IsServer = true });

        var error = await Record.ExceptionAsync(() => ReceiveAsync(server));

        Assert.Equal(isValid, error is null);
        Assert.Equal(isValid ? "\u00e9" : null, server.CloseStatusDescription);
    }

    private static async Task<(WebSocketMessageType Type, byte[] Bytes)> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), Cancellation);
            length += result.Count;
            if (result.EndOfMessage)
            {
                return (result.MessageType, buffer[..length]);
            }
        }
    }

    private static (byte[] Bytes, byte[] Expected) Render((byte First, int Length, bool IsMasked)[] frames)
    {
        var (bytes, expected) = (new List<byte>(), new List<byte>());
        foreach (var (first, length, isMasked) in frames)
        {
            byte[] rest = [.. Length(length, isMasked), .. isMasked ? [Text, Text, TextStart, Binary] : Array.Empty<byte>(), .. Enumerable.Repeat(Text, length)];
            bytes.AddRange([first, .. rest]);
            expected.AddRange([(first & 0x0F) == 1 ? (byte)(first + 1) : first, .. rest]);
        }

        return ([.. bytes], [.. expected]);
    }

    private static byte[] Length(int length, bool isMasked)
    {
        var mask = (byte)(isMasked ? 0x80 : 0);
        var bytes = new byte[length < 126 ? 1 : length <= ushort.MaxValue ? 3 : 9];
        switch (bytes.Length)
        {
            case 1:
                bytes[0] = (byte)(mask | length);
                break;
            case 3:
                bytes[0] = (byte)(mask | 126);
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), (ushort)length);
                break;
            default:
                bytes[0] = (byte)(mask | 127);
                BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(1), (ulong)length);
                break;
        }

        return bytes;
    }

    /// <summary>Yields at most some bytes at a time; takes writes and forgets them.</summary>
    private sealed class PieceStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return await base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
    }
}
