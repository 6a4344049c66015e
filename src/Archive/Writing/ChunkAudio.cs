using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace TtsGrains.Archive.Writing;

/// <summary>Decodes the base64 text of a chunk as it stands between its JSON quotes.</summary>
public static class ChunkAudio
{
    /// <summary>The most bytes that so much base64 text stands for.</summary>
    public static int GetMaxLength(int payloadLength) => Base64.GetMaxDecodedFromUtf8Length(payloadLength);

    /// <summary>Decodes one chunk.</summary>
    /// <param name="payload">The base64 text, JSON escapes included.</param>
    /// <param name="destination">At least <see cref="GetMaxLength"/> bytes.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>False when it is not wholly base64. Such a chunk is left out: half a sample would turn all that follows into noise.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> payload, Span<byte> destination, out int written)
    {
        if (!payload.Contains((byte)'\\'))
        {
            return TryDecode(payload, destination, [], out written);
        }

        var scratch = ArrayPool<byte>.Shared.Rent(GetScratchLength(payload.Length));
        var isDecoded = TryDecode(payload, destination, scratch, out written);
        ArrayPool<byte>.Shared.Return(scratch);
        return isDecoded;
    }

    /// <summary>The scratch space that a chunk of so much base64 text may need.</summary>
    internal static int GetScratchLength(int payloadLength) => (2 * payloadLength) + 2;

    internal static bool TryDecode(ReadOnlySpan<byte> payload, Span<byte> destination, Span<byte> scratch, out int written)
    {
        if (payload.Contains((byte)'\\') && !TryUnescape(payload, scratch, out payload))
        {
            written = 0;
            return false;
        }

        return Base64.DecodeFromUtf8(payload, destination, out _, out written) == OperationStatus.Done;
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
