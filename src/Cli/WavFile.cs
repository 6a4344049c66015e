using System.Buffers.Binary;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Cli;

/// <summary>WAV files on disk.</summary>
internal static class WavFile
{
    // The header of an encoding that is not PCM has 58 bytes; a data chunk that begins later is none of ours.
    private const int LongestHeader = 64;
    private const int BytesPerSecondAt = 28;

    /// <summary>Writes a whole file.</summary>
    public static async Task WriteAsync(string path, AudioFormat format, ReadOnlyMemory<byte> audio, CancellationToken cancellationToken)
    {
        var header = new byte[Wav.HeaderLength(format.Encoding)];
        Wav.WriteHeader(header, format, audio.Length);
        await using var file = File.Create(path);
        await file.WriteAsync(header, cancellationToken);
        await file.WriteAsync(audio, cancellationToken);
        await file.WriteAsync(new byte[Wav.PaddingLength(audio.Length)], cancellationToken);
    }

    /// <summary>Gives a file that was received as an endless stream the sizes that it turned out to have.</summary>
    public static void CorrectSizes(FileStream file)
    {
        Span<byte> head = stackalloc byte[LongestHeader];
        file.Position = 0;
        head = head[..file.ReadAtLeast(head, LongestHeader, throwOnEndOfStream: false)];
        var data = head.IndexOf("data"u8);
        if (data < 0 || data + 8 > head.Length || file.Length > uint.MaxValue)
        {
            return;
        }

        var audioBytes = file.Length - data - 8;
        WriteSize(file, 4, file.Length + Wav.PaddingLength(audioBytes) - 8);
        WriteSize(file, data + 4, audioBytes);
        file.Seek(0, SeekOrigin.End);
        file.Write(stackalloc byte[Wav.PaddingLength(audioBytes)]);
    }

    /// <summary>Gets how long a file plays; null if it is not a WAV file.</summary>
    public static TimeSpan? DurationOf(string path)
    {
        Span<byte> head = stackalloc byte[LongestHeader];
        using var file = File.OpenRead(path);
        head = head[..file.ReadAtLeast(head, LongestHeader, throwOnEndOfStream: false)];
        var data = head.IndexOf("data"u8);
        if (!head.StartsWith("RIFF"u8) || data < BytesPerSecondAt + sizeof(uint) || data + 8 > head.Length)
        {
            return null;
        }

        var bytesPerSecond = BinaryPrimitives.ReadUInt32LittleEndian(head[BytesPerSecondAt..]);
        return bytesPerSecond == 0 ? null : TimeSpan.FromSeconds((double)BinaryPrimitives.ReadUInt32LittleEndian(head[(data + 4)..]) / bytesPerSecond);
    }

    private static void WriteSize(FileStream file, int at, long size)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, checked((uint)size));
        file.Position = at;
        file.Write(bytes);
    }
}
