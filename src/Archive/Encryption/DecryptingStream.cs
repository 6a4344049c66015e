namespace TtsGrains.Archive.Encryption;

/// <summary>The content of an encrypted object, from any place: only the chunks that are read are decrypted. One reader at a time.</summary>
internal sealed class DecryptingStream : ReadOnlyStream
{
    private readonly Stream _stored;
    private readonly string _name;
    private readonly byte[] _dataKey;
    private readonly byte[] _chunk = new byte[EncryptedChunks.StoredBytes];
    private readonly byte[] _content = new byte[EncryptedChunks.ContentBytes];
    private long _index = -1;

    private DecryptingStream(Stream stored, string name, byte[] dataKey, long length)
    {
        (_stored, _name, _dataKey, Length) = (stored, name, dataKey, length);
    }

    public override long Length { get; }

    /// <summary>Opens an encrypted object.</summary>
    /// <param name="stored">The object; the stream that is returned disposes of it.</param>
    /// <param name="header">Its header.</param>
    /// <param name="name">Its name.</param>
    /// <param name="key">The tenant's key.</param>
    /// <exception cref="UnreadableObjectException">It is not what was written under this name.</exception>
    public static DecryptingStream Open(Stream stored, ReadOnlySpan<byte> header, string name, TenantKey key)
    {
        var dataKey = EncryptedHeader.ReadDataKey(key, header, name);
        var length = EncryptedHeader.LengthOf(header);
        return stored.Length == EncryptedChunks.StoredLength(length) ? new DecryptingStream(stored, name, dataKey, length)
            : throw UnreadableObjectException.Damaged(name, "it is shorter or longer than it was written");
    }

    /// <exception cref="UnreadableObjectException">A chunk is not what was written there.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (NextChunk() is { } index)
        {
            var length = Seek(index);
            _stored.ReadExactly(_chunk.AsSpan(0, length));
            Decrypt(index, length);
        }

        return Copy(buffer);
    }

    /// <exception cref="UnreadableObjectException">A chunk is not what was written there.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (NextChunk() is { } index)
        {
            var length = Seek(index);
            await _stored.ReadExactlyAsync(_chunk.AsMemory(0, length), cancellationToken);
            Decrypt(index, length);
        }

        return Copy(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stored.Dispose();
        }

        base.Dispose(disposing);
    }

    private long? NextChunk()
    {
        var index = Position / EncryptedChunks.ContentBytes;
        return Position >= Length || index == _index ? null : index;
    }

    private int Seek(long index)
    {
        _index = -1;
        if (_stored.Position != EncryptedChunks.PlaceOf(index))
        {
            _stored.Position = EncryptedChunks.PlaceOf(index);
        }

        return EncryptedChunks.ContentOf(index, Length) + Sealing.TagBytes;
    }

    private void Decrypt(long index, int stored)
    {
        if (!EncryptedChunks.TryDecrypt(_dataKey, index, _chunk.AsSpan(0, stored), _content.AsSpan(0, stored - Sealing.TagBytes)))
        {
            throw UnreadableObjectException.Damaged(_name, $"its chunk {index} was changed");
        }

        _index = index;
    }

    private int Copy(Span<byte> buffer)
    {
        if (Position >= Length)
        {
            return 0;
        }

        var from = _content.AsSpan(0, EncryptedChunks.ContentOf(_index, Length))[(int)(Position - (_index * EncryptedChunks.ContentBytes))..];
        var read = Math.Min(from.Length, buffer.Length);
        from[..read].CopyTo(buffer);
        Position += read;
        return read;
    }
}
