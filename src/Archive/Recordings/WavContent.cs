using System.Buffers;
using System.Security.Cryptography;
using TtsGrains.Archive.Writing;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Recordings;

/// <summary>
/// A segment as a WAV file in one pooled buffer: its base64 decoded, header and padding added. Two buffers are rented for a segment, none for a chunk.
/// </summary>
internal sealed class WavContent : IDisposable
{
    private readonly byte[] _buffer;

    private WavContent(byte[] buffer, ReadOnlyMemory<byte> file, ReadOnlyMemory<byte> audio, int unreadableChunks)
    {
        _buffer = buffer;
        File = file;
        Audio = audio;
        UnreadableChunks = unreadableChunks;
    }

    /// <summary>The whole file.</summary>
    public ReadOnlyMemory<byte> File { get; }

    /// <summary>The audio in it.</summary>
    public ReadOnlyMemory<byte> Audio { get; }

    /// <summary>Chunks that were not base64.</summary>
    public int UnreadableChunks { get; }

    public string FileSha256 => Convert.ToHexStringLower(SHA256.HashData(File.Span));

    public string AudioSha256 => Convert.ToHexStringLower(SHA256.HashData(Audio.Span));

    public Stream OpenRead() => new MemoryStream(_buffer, 0, File.Length, writable: false);

    /// <summary>Decodes the chunks. They must not hold more than an array can: see <see cref="Fits"/>.</summary>
    public static WavContent Decode(AudioFormat format, IReadOnlyList<ReadOnlyMemory<byte>> chunks)
    {
        var longest = 0;
        var room = 0L;
        foreach (var chunk in chunks)
        {
            longest = Math.Max(longest, chunk.Length);
            room += ChunkAudio.GetMaxLength(chunk.Length);
        }

        var header = Wav.HeaderLength(format.Encoding);
        var buffer = ArrayPool<byte>.Shared.Rent(checked((int)(header + room + 1)));
        var plain = ArrayPool<byte>.Shared.Rent(ChunkAudio.GetScratchLength(longest));
        try
        {
            var end = header;
            var unreadable = 0;
            foreach (var chunk in chunks)
            {
                if (ChunkAudio.TryDecode(chunk.Span, buffer.AsSpan(end), plain, out var written))
                {
                    end += written;
                }
                else
                {
                    unreadable++;
                }
            }

            var audio = end - header;
            Wav.WriteHeader(buffer, format, audio);
            buffer[end] = 0;
            return new WavContent(buffer, buffer.AsMemory(0, end + Wav.PaddingLength(audio)), buffer.AsMemory(header, audio), unreadable);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    /// <summary>Whether a segment of so much base64 can be decoded into one array.</summary>
    public static bool Fits(long base64Bytes) => base64Bytes <= Array.MaxLength - 1024;

    /// <summary>Gives the buffer back. Only if nothing can still be reading it: not after a write that failed or was cancelled.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
