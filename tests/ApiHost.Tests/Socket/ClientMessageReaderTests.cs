using System.Net.WebSockets;
using TtsGrains.ApiHost.Tts;

namespace TtsGrains.ApiHost.Tests.Socket;

public sealed class ClientMessageReaderTests
{
    private const int MaxBytes = 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_LongMessage_IsWholeAndItsBufferIsReturnedBeforeTheNextReceive()
    {
        var message = Bytes(MaxBytes);
        using var socket = new ScriptedSocket([message, [1, 2, 3]]);
        var reader = new ClientMessageReader(socket, new ClientFrames(), MaxBytes, Cancellation);
        var idle = reader.BufferedBytes;

        Assert.Equal(message, (await reader.ReadAsync())!.Value.Bytes.ToArray());
        Assert.True(reader.BufferedBytes > MaxBytes);
        Assert.Equal([1, 2, 3], (await reader.ReadAsync())!.Value.Bytes.ToArray());

        Assert.Equal(idle, reader.BufferedBytes);
        Assert.InRange(idle, 1, 4096);
    }

    [Theory]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(8193)]
    public async Task Read_MessageAroundABufferLength_IsWhole(int length)
    {
        using var socket = new ScriptedSocket([Bytes(length)]);

        var read = await new ClientMessageReader(socket, new ClientFrames(), MaxBytes, Cancellation).ReadAsync();

        Assert.Equal(Bytes(length), read!.Value.Bytes.ToArray());
        Assert.Null(read.Value.Error);
    }

    [Fact]
    public async Task Read_MessageBeyondTheLimit_IsRefusedAndTheNextIsRead()
    {
        using var socket = new ScriptedSocket([Bytes(3 * MaxBytes), [1]]);
        var reader = new ClientMessageReader(socket, new ClientFrames(), MaxBytes, Cancellation);

        Assert.NotNull((await reader.ReadAsync())!.Value.Error);
        Assert.Equal([1], (await reader.ReadAsync())!.Value.Bytes.ToArray());
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    /// <summary>Receives the given messages, in parts of odd lengths.</summary>
    private sealed class ScriptedSocket(byte[][] messages) : WebSocket
    {
        private int _message;
        private int _offset;

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var message = messages[_message];
            var count = Math.Min(Math.Min(buffer.Length, 1333), message.Length - _offset);
            message.AsSpan(_offset, count).CopyTo(buffer.Span);
            _offset += count;
            var isEnd = _offset == message.Length;
            if (isEnd)
            {
                (_message, _offset) = (_message + 1, 0);
            }

            return new(new ValueWebSocketReceiveResult(count, WebSocketMessageType.Text, isEnd));
        }

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
            => throw new NotSupportedException();

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
            => throw new NotSupportedException();

        public override void Abort()
        {
        }

        public override void Dispose()
        {
        }
    }
}
