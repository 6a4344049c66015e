using System.Security.Cryptography;
using TtsGrains.Archive.Recordings;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Spooling;

/// <summary>A long segment that is written to the spool part by part while it is spoken: no more than one part of it is in memory.</summary>
internal sealed class GrowingWav : IDisposable
{
    // RIFF says sizes in 32 bits.
    private const long LongestAudio = uint.MaxValue - 1024;

    private readonly AudioFormat _format;
    private readonly IncrementalHash _audioHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SpoolFile _file;

    /// <param name="format">The form of the audio.</param>
    /// <param name="file">A new file with room for the header. Disposed of here.</param>
    public GrowingWav(AudioFormat format, SpoolFile file) => (_format, _file) = (format, file);

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

        _file.Append(part.Audio.Span);
        _audioHash.AppendData(part.Audio.Span);
        AudioBytes += part.Audio.Length;
        UnreadableChunks += part.UnreadableChunks;
        return true;
    }

    /// <summary>Completes the file: padding and header.</summary>
    /// <returns>The SHA-256 of the whole file and of the audio alone, lower-case hex.</returns>
    public (string File, string Audio) Finish()
    {
        Span<byte> header = stackalloc byte[Wav.HeaderLength(_format.Encoding)];
        Wav.WriteHeader(header, _format, AudioBytes);
        _file.Append(new byte[Wav.PaddingLength(AudioBytes)]);
        _file.Finish(header);
        return (HashFile(), Convert.ToHexStringLower(_audioHash.GetHashAndReset()));
    }

    public void Dispose()
    {
        _file.Dispose();
        _audioHash.Dispose();
    }

    // The header comes first and is known last, so the file is read once more: from the page cache, block by block.
    private string HashFile()
    {
        using var content = _file.OpenRead();
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
