using System.Buffers.Binary;
using System.Text;

namespace TtsGrains.Archive.Tests;

/// <summary>A WAV file as a strict player reads it: chunk by chunk, sizes and padding checked.</summary>
internal sealed record WavFile(
    int Tag, int Channels, int SampleRate, int BytesPerSecond, int BlockAlign, int BitsPerSample, int FormatLength, uint? FactSamples, byte[] Audio)
{
    public static WavFile Parse(ReadOnlySpan<byte> file)
    {
        if (Id(file) != "RIFF" || Id(file[8..]) != "WAVE")
        {
            throw new FormatException("Not a RIFF/WAVE file.");
        }

        if (Size(file[4..]) != file.Length - 8)
        {
            throw new FormatException($"RIFF says {Size(file[4..])} bytes; {file.Length - 8} follow.");
        }

        byte[]? format = null;
        uint? fact = null;
        for (var at = 12; at < file.Length;)
        {
            var (id, size) = (Id(file[at..]), (int)Size(file[(at + 4)..]));
            var body = file.Slice(at + 8, size);
            switch (id)
            {
                case "fmt ":
                    format = body.ToArray();
                    break;
                case "fact":
                    fact = Size(body);
                    break;
                case "data":
                    if (at + 8 + size + (size & 1) != file.Length)
                    {
                        throw new FormatException("The data chunk with its padding is not the end of the file.");
                    }

                    return Read(format ?? throw new FormatException("data comes before fmt."), fact, body.ToArray());
            }

            at += 8 + size + (size & 1);
        }

        throw new FormatException("No data chunk.");
    }

    private static WavFile Read(ReadOnlySpan<byte> format, uint? fact, byte[] audio) => new(
        Short(format), Short(format[2..]), (int)Size(format[4..]), (int)Size(format[8..]), Short(format[12..]), Short(format[14..]), format.Length, fact, audio);

    private static string Id(ReadOnlySpan<byte> at) => Encoding.ASCII.GetString(at[..4]);

    private static uint Size(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt32LittleEndian(at);

    private static ushort Short(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt16LittleEndian(at);
}
