namespace TtsGrains.Grains.Contexts.Log;

/// <summary>Counts the audio of a log. Changed only under the lock of the log.</summary>
internal sealed class AudioCount
{
    private long _partBytes;

    public int Chunks { get; private set; }

    /// <summary>Bytes of audio in all chunks.</summary>
    public long Bytes { get; private set; }

    /// <summary>Counts a chunk.</summary>
    /// <param name="length">Bytes as received.</param>
    /// <param name="bytes">Bytes of audio.</param>
    public void Add(int length, int bytes)
    {
        Chunks++;
        _partBytes += length;
        Bytes += bytes;
    }

    /// <summary>Whether so much has come since the last yes, bytes as received.</summary>
    public bool TakePart(int partBytes)
    {
        if (partBytes == 0 || _partBytes < partBytes)
        {
            return false;
        }

        _partBytes = 0;
        return true;
    }

    public void EndSegment() => _partBytes = 0;
}
