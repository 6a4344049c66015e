namespace TtsGrains.Archive.Encryption;

/// <summary>
/// A content as the bytes of its encrypted object, made as they are read. A store may go back and read again: the same place gives the same bytes, as long as
/// the content does.
/// </summary>
internal sealed class EncryptingStream : ReadOnlyStream
{
    private readonly Stream _content;
    private readonly long _start;
    private readonly long _contentLength;
    private readonly byte[] _dataKey = TenantKey.CreateDataKey();
    private readonly byte[] _header;
    private readonly byte[] _plain = new byte[EncryptedChunks.ContentBytes];
    private readonly byte[] _chunk = new byte[EncryptedChunks.StoredBytes];
    private long _index = -1;
    private int _chunkLength;

    /// <param name="key">The tenant's key.</param>
    /// <param name="name">The name of the object.</param>
    /// <param name="content">Read from its position to its end. Stays the caller's.</param>
    public EncryptingStream(TenantKey key, string name, Stream content)
    {
        (_content, _start, _contentLength) = (content, content.Position, content.Length - content.Position);
        _header = EncryptedHeader.Write(key, _dataKey, name, _contentLength);
        Length = EncryptedChunks.StoredLength(_contentLength);
    }

    public override long Length { get; }

    public override int Read(Span<byte> buffer)
    {
        if (NextChunk() is { } index)
        {
            var length = Seek(index);
            _content.ReadExactly(_plain.AsSpan(0, length));
            Encrypt(index, length);
        }

        return Copy(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (NextChunk() is { } index)
        {
            var length = Seek(index);
            await _content.ReadExactlyAsync(_plain.AsMemory(0, length), cancellationToken);
            Encrypt(index, length);
        }

        return Copy(buffer.Span);
    }

    // The chunk that has to be made before anything can be read here; null if it is there, or none is needed.
    private long? NextChunk()
    {
        if (Position < _header.Length || Position >= Length)
        {
            return null;
        }

        var index = (Position - _header.Length) / EncryptedChunks.StoredBytes;
        return index == _index ? null : index;
    }

    private int Seek(long index)
    {
        _index = -1;
        var place = _start + (index * EncryptedChunks.ContentBytes);
        if (_content.Position != place)
        {
            _content.Position = place;
        }

        return EncryptedChunks.ContentOf(index, _contentLength);
    }

    private void Encrypt(long index, int length)
    {
        _chunkLength = EncryptedChunks.Encrypt(_dataKey, index, _plain.AsSpan(0, length), _chunk);
        _index = index;
    }

    private int Copy(Span<byte> buffer)
    {
        var from = Position >= Length ? []
            : Position < _header.Length ? _header.AsSpan((int)Position)
            : _chunk.AsSpan(0, _chunkLength)[(int)(Position - EncryptedChunks.PlaceOf(_index))..];
        var read = Math.Min(from.Length, buffer.Length);
        from[..read].CopyTo(buffer);
        Position += read;
        return read;
    }
}
