using Microsoft.Win32.SafeHandles;
using TtsGrains.Archive.Encryption;

namespace TtsGrains.Archive.Spooling;

/// <summary>
/// A file that is encrypted while it is written, in the form that the archive stores: two chunks of it are in memory. The first chunk waits for the beginning
/// of the file, so that no chunk is encrypted twice.
/// </summary>
internal sealed class EncryptedSpoolFile : SpoolFile
{
    private readonly SafeFileHandle _file;
    private readonly string _name;
    private readonly TenantKey _key;
    private readonly byte[] _dataKey = TenantKey.CreateDataKey();
    private readonly byte[] _first = new byte[EncryptedChunks.ContentBytes];
    private readonly byte[] _current = new byte[EncryptedChunks.ContentBytes];
    private readonly byte[] _stored = new byte[EncryptedChunks.StoredBytes];
    private byte[] _header = [];
    private long _length;

    public EncryptedSpoolFile(FileStream stream, int beginning, string name, TenantKey key)
        : base(stream)
        => (_file, _name, _key, _length) = (stream.SafeFileHandle, name, key, beginning);

    public override void Append(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            var (index, at) = Math.DivRem(_length, EncryptedChunks.ContentBytes);
            var taken = (int)Math.Min(content.Length, EncryptedChunks.ContentBytes - at);
            content[..taken].CopyTo((index == 0 ? _first : _current).AsSpan((int)at));
            content = content[taken..];
            _length += taken;
            if (index > 0 && at + taken == EncryptedChunks.ContentBytes)
            {
                Write(index, _current);
            }
        }
    }

    public override void Finish(ReadOnlySpan<byte> beginning)
    {
        beginning.CopyTo(_first);
        var (last, rest) = Math.DivRem(_length, EncryptedChunks.ContentBytes);
        if (last > 0 && rest > 0)
        {
            Write(last, _current);
        }

        if (_length > 0)
        {
            Write(0, _first);
        }

        _header = EncryptedHeader.Write(_key, _dataKey, _name, _length);
        RandomAccess.Write(_file, _header, 0);
    }

    public override Stream OpenRead() => DecryptingStream.Open(OpenFile(), _header, _name, _key);

    private void Write(long index, byte[] chunk)
    {
        var stored = EncryptedChunks.Encrypt(_dataKey, index, chunk.AsSpan(0, EncryptedChunks.ContentOf(index, _length)), _stored);
        RandomAccess.Write(_file, _stored.AsSpan(0, stored), EncryptedChunks.PlaceOf(index));
    }
}
