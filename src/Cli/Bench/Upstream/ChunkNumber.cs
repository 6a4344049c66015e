using System.Buffers.Binary;
using System.Buffers.Text;

namespace TtsGrains.Cli.Bench.Upstream;

/// <summary>
/// The number of a chunk, in the first bytes of its audio, so that the other end can tell a lost, repeated or misplaced chunk. It works on the base64 text, of
/// which only the first characters change.
/// </summary>
internal static class ChunkNumber
{
    /// <summary>The characters of base64 text that hold the number.</summary>
    public const int TextLength = 8;

    private const int Length = 6;

    private static ReadOnlySpan<byte> Magic => "TB"u8;

    /// <summary>Writes a number over the beginning of a chunk's base64 text.</summary>
    public static void Write(Span<byte> text, int number)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[Magic.Length..], number);
        Base64.EncodeToUtf8(bytes, text[..TextLength], out _, out _);
    }

    /// <summary>Returns the number of a chunk; null if it has none, as those of an upstream that really speaks.</summary>
    public static int? Read(ReadOnlySpan<byte> text)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return text.Length >= TextLength
            && Base64.DecodeFromUtf8(text[..TextLength], bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == Length
            && bytes.StartsWith(Magic) ? BinaryPrimitives.ReadInt32LittleEndian(bytes[Magic.Length..]) : null;
    }
}
