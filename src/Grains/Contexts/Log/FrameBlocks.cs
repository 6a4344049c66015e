using System.Buffers;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts.Log;

/// <summary>Renders the frames of one log in the form that the owner gets, into blocks of memory that many of them share. The lock of the log guards it.</summary>
internal sealed class FrameBlocks(ServerFrameWriter writer)
{
    private const int FirstBlock = 4 * 1024;
    private const int LargestBlock = 64 * 1024;
    private const int SmallFrame = 512;

    private byte[] _block = [];
    private int _used;

    public LogEntry Chunk(ReadOnlySpan<byte> data, ReadOnlySpan<byte> stepTime, int segment)
    {
        var room = Reserve(data.Length);
        var length = writer.WriteChunk(room.Span, data, stepTime, segment, out var start);
        return new LogEntry(FrameKind.Chunk, segment, Use(room, length), start, data.Length, IsForOwner: true);
    }

    public LogEntry Timestamps(FrameKind kind, ReadOnlySpan<byte> timestamps, int segment, bool isForOwner)
    {
        var room = Reserve(timestamps.Length);
        var length = writer.WriteTimestamps(room.Span, kind, timestamps, segment);
        return new LogEntry(kind, segment, Use(room, length), length - 1 - timestamps.Length, timestamps.Length, isForOwner);
    }

    public LogEntry FlushDone(int segment)
    {
        var room = Reserve(0);
        return new LogEntry(FrameKind.FlushDone, segment, Use(room, writer.WriteFlushDone(room.Span, segment)), 0, 0, IsForOwner: true);
    }

    public LogEntry Done(int segment)
    {
        var room = Reserve(0);
        return new LogEntry(FrameKind.Done, segment, Use(room, writer.WriteDone(room.Span)), 0, 0, IsForOwner: true);
    }

    public static LogEntry Error(ProtocolError error, string contextId, string requestId, int segment)
    {
        var output = new ArrayBufferWriter<byte>(SmallFrame);
        ServerFrameWriter.WriteError(output, error, contextId, requestId);
        return new LogEntry(FrameKind.Error, segment, output.WrittenMemory, 0, 0, IsForOwner: true);
    }

    public void Clear() => (_block, _used) = ([], 0);

    // Small at first, since most contexts that are open are short or idle.
    private Memory<byte> Reserve(int payloadLength)
    {
        var length = writer.GetMaxLength(payloadLength);
        if (_block.Length - _used < length)
        {
            var size = Math.Clamp(_block.Length * 2, FirstBlock, LargestBlock);
            _block = GC.AllocateUninitializedArray<byte>(Math.Max(size, length));
            _used = 0;
        }

        return _block.AsMemory(_used);
    }

    private Memory<byte> Use(Memory<byte> room, int length)
    {
        _used += length;
        return room[..length];
    }
}
