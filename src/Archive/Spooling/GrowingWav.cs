using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using TtsGrains.Archive.Recordings;
using TtsGrains.Archive.Stores;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Spooling;

/// <summary>A long segment that is written to the spool part by part while it is spoken: no more than one part of it is in memory.</summary>
internal sealed class GrowingWav : IDisposable
{
    private const int HashBlock = 64 * 1024;

    // RIFF says sizes in 32 bits.
    private const long LongestAudio = uint.MaxValue - 1024;

    private readonly AudioFormat _format;
    private readonly IncrementalHash _audioHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FileStream _stream;
    private readonly SafeFileHandle _file;
    private readonly int _header;

    public GrowingWav(AudioFormat format, string path)
    {
        _format = format;
        _header = Wav.HeaderLength(format.Encoding);
        _stream = PrivateFiles.Create(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        _file = _stream.SafeFileHandle;
    }

    /// <summary>Bytes of audio so far.</summary>
    public long AudioBytes { get; private set; }

    /// <summary>Chunks that were not base64.</summary>
    public int UnreadableChunks { get; private set; }

    /// <summary>Appends the chunks.</summary>
    /// <returns>False when a WAV file cannot be that long.</returns>
    /// <exception cref="IOException">The disk refuses.</exception>
    public bool TryAppend(IReadOnlyList<ReadOnlyMemory<byte>> chunks)
    {
        using var part = WavContent.Decode(_format, chunks);
        if (AudioBytes + part.Audio.Length > LongestAudio)
        {
            return false;
        }

        RandomAccess.Write(_file, part.Audio.Span, _header + AudioBytes);
        _audioHash.AppendData(part.Audio.Span);
        AudioBytes += part.Audio.Length;
        UnreadableChunks += part.UnreadableChunks;
        return true;
    }

    /// <summary>Completes the file: padding and header.</summary>
    /// <returns>The SHA-256 of the whole file and of the audio alone, lower-case hex.</returns>
    public (string File, string Audio) Finish()
    {
        Span<byte> header = stackalloc byte[_header];
        Wav.WriteHeader(header, _format, AudioBytes);
        RandomAccess.Write(_file, header, 0);
        RandomAccess.Write(_file, new byte[Wav.PaddingLength(AudioBytes)], _header + AudioBytes);
        return (HashFile(), Convert.ToHexStringLower(_audioHash.GetHashAndReset()));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _audioHash.Dispose();
    }

    // The header comes first and is known last, so the file is read once more: from the page cache, block by block.
    private string HashFile()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = ArrayPool<byte>.Shared.Rent(HashBlock);
        for (long at = 0; RandomAccess.Read(_file, block, at) is > 0 and var read; at += read)
        {
            hash.AppendData(block.AsSpan(0, read));
        }

        ArrayPool<byte>.Shared.Return(block);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
