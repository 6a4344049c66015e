using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using TtsGrains.Archive.Stores;

namespace TtsGrains.Archive.Usage;

/// <summary>Slots in a file that is mapped into memory: what is written there is the kernel's at once, so it outlives the process. Thread-safe.</summary>
internal sealed class SentFile : IDisposable
{
    /// <summary>Slots of a file.</summary>
    public const int Slots = 256;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly Stack<SentSlot> _free;
    private readonly MemoryMappedFile _mapped;
    private readonly MemoryMappedViewAccessor _view;
    private bool _isDisposed;

    /// <exception cref="IOException">The disk refuses.</exception>
    public SentFile(string path)
    {
        _path = path;

        // Written, not only made long: a mapped page without a block on a full disk would end the process.
        using (var file = PrivateFiles.Create(path, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            file.Write(new byte[Slots * SentSlot.Size]);
        }

        _mapped = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        _view = _mapped.CreateViewAccessor();
        _free = new(Enumerable.Range(0, Slots).Reverse().Select(number => new SentSlot(this, (long)number * SentSlot.Size)));
    }

    public bool TryTake(out SentSlot? slot)
    {
        lock (_gate)
        {
            slot = null;
            return !_isDisposed && _free.TryPop(out slot);
        }
    }

    public void Return(SentSlot slot)
    {
        lock (_gate)
        {
            _free.Push(slot);
        }
    }

    public void Write(long at, long value)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _view.Write(at, BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
            }
        }
    }

    public void Write(long at, int value)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _view.Write(at, BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
            }
        }
    }

    public void Write(long at, byte[] bytes)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _view.WriteArray(at, bytes, 0, bytes.Length);
            }
        }
    }

    /// <summary>Lets go of the file. It stays if it has counts: the next process records them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _view.Dispose();
            _mapped.Dispose();
            if (_free.Count == Slots)
            {
                TryDelete();
            }
        }
    }

    private void TryDelete()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // It holds no counts, so it may stay.
        }
    }
}
