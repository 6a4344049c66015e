using TtsGrains.Archive.Sessions;
using TtsGrains.Audio;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Recordings;

/// <summary>The audio of one context of a recording, segment after segment, in the recording's form. A change of rate has no seam between segments.</summary>
internal sealed class RecordedAudio : IDisposable
{
    private const int BlockSize = 64 * 1024;

    private readonly SessionArchive _archive;
    private readonly Transcoder? _transcoder;
    private readonly byte[] _block = [];
    private ReadOnlyMemory<byte> _made;
    private bool _isDrained;
    private long _position;

    // Where in the context's own audio to read on.
    private long _source;
    private Stream? _file;
    private int _fileIndex = -1;

    public RecordedAudio(SessionArchive archive, RecordedContext context, AudioFormat wanted)
    {
        (_archive, Context) = (archive, context);
        if (context.Format != wanted)
        {
            _transcoder = new Transcoder(context.Format, wanted);
            _block = new byte[BlockSize];
        }
    }

    public RecordedContext Context { get; }

    /// <summary>Whether <see cref="SeekAsync"/> gets there: what is made sample by sample is made forwards only.</summary>
    public bool CanGoTo(long position) => _transcoder is null || position >= _position;

    /// <summary>Goes to a place in the audio, counted in bytes of the recording's form.</summary>
    public async ValueTask SeekAsync(long position, CancellationToken cancellationToken)
    {
        if (_transcoder is null)
        {
            (_source, _position) = (position, position);
            return;
        }

        while (_position < position)
        {
            await MakeAsync(cancellationToken);
            Skip((int)Math.Min(_made.Length, position - _position));
        }
    }

    /// <summary>Reads on.</summary>
    /// <returns>How much; never 0 before the end of the context.</returns>
    /// <exception cref="IOException">A segment is not, or no longer, as its manifest says.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_transcoder is null)
        {
            var read = await ReadSourceAsync(buffer, cancellationToken);
            _position += read;
            return read;
        }

        await MakeAsync(cancellationToken);
        var length = Math.Min(buffer.Length, _made.Length);
        _made[..length].CopyTo(buffer);
        Skip(length);
        return length;
    }

    public void Dispose() => _file?.Dispose();

    private void Skip(int length)
    {
        _made = _made[length..];
        _position += length;
    }

    // Makes some audio of the wanted form, unless there is some left.
    private async ValueTask MakeAsync(CancellationToken cancellationToken)
    {
        while (_made.IsEmpty)
        {
            var read = await ReadSourceAsync(_block, cancellationToken);
            if (read == 0 && _isDrained)
            {
                throw new IOException("A context of the recording is shorter than its manifest says.");
            }

            _isDrained = read == 0;
            _made = _isDrained ? _transcoder!.Drain() : _transcoder!.Write(_block.AsSpan(0, read));
        }
    }

    private async ValueTask<int> ReadSourceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var (index, start) = Find(_source);
        if (index < 0)
        {
            return 0;
        }

        var segment = Context.Segments[index];
        if (_fileIndex != index)
        {
            _file?.Dispose();
            _fileIndex = -1;
            _file = await _archive.OpenSegmentAsync(Context.Stored, segment.FlushId, cancellationToken)
                ?? throw new IOException("A segment of the recording is missing.");
            _fileIndex = index;
        }

        var place = Wav.HeaderLength(Context.Format.Encoding) + _source - start;
        if (_file!.Position != place)
        {
            _file.Seek(place, SeekOrigin.Begin);
        }

        var read = await _file.ReadAsync(buffer[..(int)Math.Min(buffer.Length, start + segment.Bytes - _source)], cancellationToken);
        _source += read;
        return read > 0 ? read : throw new IOException("A segment of the recording is shorter than its manifest says.");
    }

    // The segment that holds a place, and where it begins; behind the last one there is none.
    private (int Index, long Start) Find(long place)
    {
        long start = 0;
        for (var index = 0; index < Context.Segments.Count; index++)
        {
            if (place < start + Context.Segments[index].Bytes)
            {
                return (index, start);
            }

            start += Context.Segments[index].Bytes;
        }

        return (-1, start);
    }
}
