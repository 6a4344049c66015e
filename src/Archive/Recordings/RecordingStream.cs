using TtsGrains.Archive.Sessions;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Recordings;

/// <summary>A <see cref="StitchedRecording"/> as the bytes of its file, made as they are read. One reader at a time.</summary>
internal sealed class RecordingStream : Stream
{
    private readonly StitchedRecording _recording;
    private readonly SessionArchive _archive;
    private readonly byte[] _header;
    private readonly long[] _ends;
    private RecordedAudio? _audio;

    public RecordingStream(StitchedRecording recording, SessionArchive archive)
    {
        (_recording, _archive) = (recording, archive);
        _header = new byte[Wav.HeaderLength(recording.Format.Encoding)];
        Wav.WriteHeader(_header, recording.Format, recording.AudioBytes);
        _ends = new long[recording.Contexts.Count];
        long end = 0;
        for (var i = 0; i < _ends.Length; i++)
        {
            _ends[i] = end += recording.Contexts[i].LengthAs(recording.Format);
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _recording.Length;

    public override long Position { get; set; }

    /// <exception cref="IOException">A segment is not, or no longer, as its manifest says.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || Position >= Length)
        {
            return 0;
        }

        var at = Position - _header.Length;
        var read = at < 0 ? ReadHeader(buffer.Span)
            : at < _recording.AudioBytes ? await ReadAudioAsync(at, buffer, cancellationToken)
            : ReadPadding(buffer.Span);
        Position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Current => Position,
        SeekOrigin.End => Length,
        _ => 0,
    };

    /// <summary>The store is read asynchronously only.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A recording is read asynchronously.");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("A recording is only read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A recording is only read.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _audio?.Dispose();
            _audio = null;
        }

        base.Dispose(disposing);
    }

    private int ReadHeader(Span<byte> buffer)
    {
        var rest = _header.AsSpan((int)Position);
        rest = rest[..Math.Min(rest.Length, buffer.Length)];
        rest.CopyTo(buffer);
        return rest.Length;
    }

    private static int ReadPadding(Span<byte> buffer)
    {
        buffer[0] = 0;
        return 1;
    }

    private async ValueTask<int> ReadAudioAsync(long at, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var index = Array.BinarySearch(_ends, at + 1);
        index = index < 0 ? ~index : index;
        var context = _recording.Contexts[index];
        var position = at - (index == 0 ? 0 : _ends[index - 1]);
        if (_audio is null || _audio.Context != context || !_audio.CanGoTo(position))
        {
            _audio?.Dispose();
            _audio = new RecordedAudio(_archive, context, _recording.Format);
        }

        await _audio.SeekAsync(position, cancellationToken);
        return await _audio.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _ends[index] - at)], cancellationToken);
    }
}
