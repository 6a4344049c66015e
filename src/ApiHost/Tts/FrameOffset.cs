using System.Globalization;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Puts a frame's offset into it, for clients that ask to be told.</summary>
internal static class FrameOffset
{
    private const int LongestNumber = 11;

    /// <summary>A copy of the frame with <c>offset</c> as its first member.</summary>
    public static byte[] Put(ReadOnlySpan<byte> frame, int offset)
    {
        Span<byte> number = stackalloc byte[LongestNumber];
        offset.TryFormat(number, out var digits, provider: CultureInfo.InvariantCulture);
        return [.. "{\"offset\":"u8, .. number[..digits], (byte)',', .. frame[1..]];
    }
}
