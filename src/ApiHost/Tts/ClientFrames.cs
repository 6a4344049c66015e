namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// Follows the frame headers in the bytes from a client, and turns text messages into binary ones before the WebSocket reads them. The WebSocket
/// closes the connection (1007) at a text message that is not valid UTF-8; the parser of messages checks UTF-8 too, and answers with an error.
/// </summary>
/// <remarks>
/// Only the opcode in the first byte of a message changes. Payloads, continuation frames and control frames pass unchanged, so that the WebSocket
/// still checks everything else. Invalid frames need no care: the WebSocket closes the connection at the first one.
/// </remarks>
internal sealed class ClientFrames
{
    private const int Text = 0x1;
    private const int Binary = 0x2;
    private const int MaskBytes = 4;

    private readonly Lock _gate = new();
    private Queue<long>? _binaryMessages;
    private Part _part;
    private long _messages;
    private int _lengthBytesLeft;
    private bool _isMasked;
    private ulong _bytesToSkip;

    private enum Part
    {
        FirstByte,
        SecondByte,
        Length,
        MaskAndPayload,
    }

    /// <summary>Follows the next bytes, whatever part of a frame they are.</summary>
    public void Advance(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_part == Part.MaskAndPayload)
            {
                var skipped = (int)Math.Min(_bytesToSkip, (ulong)bytes.Length);
                _bytesToSkip -= (ulong)skipped;
                bytes = bytes[skipped..];
                _part = _bytesToSkip == 0 ? Part.FirstByte : Part.MaskAndPayload;
                continue;
            }

            AdvanceHeader(ref bytes[0]);
            bytes = bytes[1..];
        }
    }

    /// <summary>True if the client sent this message as binary. To be asked once for each message, in their order.</summary>
    /// <param name="message">The number of the message on its connection, from 0.</param>
    public bool WasBinary(long message)
    {
        lock (_gate)
        {
            return _binaryMessages is { Count: > 0 } && _binaryMessages.Peek() == message && _binaryMessages.TryDequeue(out _);
        }
    }

    private void AdvanceHeader(ref byte value)
    {
        switch (_part)
        {
            case Part.FirstByte:
                StartFrame(ref value);
                _part = Part.SecondByte;
                return;
            case Part.SecondByte:
                var length = value & 0x7F;
                _isMasked = value >= 0x80;
                _lengthBytesLeft = length == 126 ? sizeof(ushort) : length == 127 ? sizeof(ulong) : 0;
                _bytesToSkip = _lengthBytesLeft == 0 ? (ulong)length : 0;
                break;
            default:
                _bytesToSkip = (_bytesToSkip << 8) | value;
                _lengthBytesLeft--;
                break;
        }

        if (_lengthBytesLeft > 0)
        {
            _part = Part.Length;
            return;
        }

        _bytesToSkip += _isMasked ? MaskBytes : 0u;
        _part = _bytesToSkip == 0 ? Part.FirstByte : Part.MaskAndPayload;
    }

    private void StartFrame(ref byte first)
    {
        switch (first & 0x0F)
        {
            case Text:
                first ^= Text ^ Binary;
                _messages++;
                break;
            case Binary:
                lock (_gate)
                {
                    (_binaryMessages ??= new Queue<long>()).Enqueue(_messages++);
                }

                break;
        }
    }
}
