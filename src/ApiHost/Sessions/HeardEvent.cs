using TtsGrains.ApiHost.Tts;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>One event for a listener: a frame, or something of our own.</summary>
/// <param name="Kind">What frame it is; unknown when it is none.</param>
/// <param name="Json">All of it, as UTF-8 JSON.</param>
internal readonly record struct HeardEvent(FrameKind Kind, ReadOnlyMemory<byte> Json)
{
    private bool IsBookmark { get; init; }

    /// <summary>Its type, as server-sent events name it.</summary>
    public ReadOnlySpan<byte> Name => Kind != FrameKind.Unknown ? SseEndpoint.NameOf(Kind) : IsBookmark ? "bookmark"u8 : "gap"u8;

    /// <summary>Frames that cannot be had.</summary>
    public static HeardEvent Gap(byte[] json) => new(FrameKind.Unknown, json);

    /// <summary>Where the listener stands.</summary>
    public static HeardEvent Bookmark(byte[] json) => new(FrameKind.Unknown, json) { IsBookmark = true };
}
