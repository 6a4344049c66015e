using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Grains.Archive;

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
            room += Base64.GetMaxDecodedFromUtf8Length(chunk.Length);
        }

        var header = Wav.HeaderLength(format.Encoding);
        var buffer = ArrayPool<byte>.Shared.Rent(checked((int)(header + room + 1)));
        var plain = ArrayPool<byte>.Shared.Rent((2 * longest) + 2);
        try
        {
            var end = header;
            var unreadable = 0;
            foreach (var chunk in chunks)
            {
                if (TryDecode(chunk.Span, buffer.AsSpan(end), plain, out var written))
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

    /// <summary>Gives the buffer back. Only when nobody can still be reading it: not after a write that failed or was cancelled.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    // A chunk that is not wholly base64 is left out wholly: half a sample would turn all that follows into noise.
    private static bool TryDecode(ReadOnlySpan<byte> base64, Span<byte> destination, Span<byte> scratch, out int written)
    {
        if (base64.Contains((byte)'\\') && !TryUnescape(base64, scratch, out base64))
        {
            written = 0;
            return false;
        }

        return Base64.DecodeFromUtf8(base64, destination, out _, out written) == OperationStatus.Done;
    }

    // JSON lets a sender write '/' as "\/" and '+' as "\u002B". The reader wants the quotes back; what it gives is never longer than what it got.
    private static bool TryUnescape(ReadOnlySpan<byte> escaped, Span<byte> scratch, out ReadOnlySpan<byte> plain)
    {
        var quoted = scratch[..(escaped.Length + 2)];
        quoted[0] = (byte)'"';
        escaped.CopyTo(quoted[1..]);
        quoted[^1] = (byte)'"';
        var unescaped = scratch[quoted.Length..];
        plain = default;
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            plain = unescaped[..reader.CopyString(unescaped)];
            return reader.BytesConsumed == quoted.Length;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
