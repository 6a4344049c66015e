using System.Buffers;
using System.Buffers.Text;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Grains.Contexts.Attempts;

/// <summary>
/// Makes chunks of whole samples, of at most <see cref="LargestChunk"/> bytes of audio, in strict base64 out of the chunks of an upstream. Those that
/// are so already pass as they came. Only the socket's read loop uses it.
/// </summary>
/// <param name="bytesPerSample">Bytes of one sample.</param>
internal sealed class ChunkCleaner(int bytesPerSample)
{
    /// <summary>The most audio of a chunk that is passed on, bytes: whole samples, and whole groups of base64.</summary>
    public const int LargestChunk = 64 * 1024 / 12 * 12;

    // Of a chunk that passes as it came: 64 KiB of audio exactly.
    private const int LargestCleanText = (64 * 1024 + 2) / 3 * 4;

    // A context whose chunks are rarely so large need not keep the room for them.
    private const int LargestKept = 4 * LargestChunk;

    private byte[] _carried = [];
    private byte[] _audio = [];
    private byte[] _text = [];
    private int _count;
    private int _at;
    private int _end;

    /// <summary>True if the audio so far has ended within a sample, whose rest has not come.</summary>
    public bool HasTornSample => _count > 0;

    /// <summary>Determines whether a chunk may pass as it came.</summary>
    public bool IsClean(ReadOnlySpan<byte> data)
        => _count == 0 && data.Length <= LargestCleanText && Base64Audio.IsStrict(data, out var length) && length % bytesPerSample == 0;

    /// <summary>Takes a chunk that is not clean. Its audio, together with what was left over before, is read by <see cref="Next"/>.</summary>
    /// <param name="data">The base64 text.</param>
    /// <returns>False when it is not base64.</returns>
    public bool TryTake(ReadOnlySpan<byte> data)
    {
        var needed = _count + Base64Audio.GetMaxDecodedLength(data.Length);
        if (_audio.Length < needed)
        {
            _audio = new byte[needed];
        }

        if (_carried.Length == 0)
        {
            _carried = new byte[bytesPerSample];
        }

        _carried.AsSpan(0, _count).CopyTo(_audio);
        if (!Base64Audio.TryDecode(data, _audio.AsSpan(_count), out var written))
        {
            return false;
        }

        var length = _count + written;
        _count = length % bytesPerSample;
        _end = length - _count;
        _at = 0;
        _audio.AsSpan(_end, _count).CopyTo(_carried);
        return true;
    }

    /// <summary>The base64 text of the next clean chunk; valid until the next call. Empty when there is none.</summary>
    public ReadOnlySpan<byte> Next()
    {
        var length = Math.Min(_end - _at, LargestChunk);
        if (length == 0)
        {
            _audio = _audio.Length > LargestKept ? [] : _audio;
            return [];
        }

        var needed = Base64.GetMaxEncodedToUtf8Length(length);
        if (_text.Length < needed)
        {
            _text = new byte[needed];
        }

        var status = Base64.EncodeToUtf8(_audio.AsSpan(_at, length), _text, out _, out var written);
        _at += length;
        return status == OperationStatus.Done ? _text.AsSpan(0, written) : throw new InvalidOperationException("Base64 did not fit.");
    }
}
