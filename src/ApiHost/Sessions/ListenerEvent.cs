using TtsGrains.ApiHost.Http;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>One event for a listener: a frame, or something of our own.</summary>
/// <param name="Kind">What frame it is; unknown when it is none.</param>
/// <param name="Json">All of it, as UTF-8 JSON.</param>
internal readonly record struct ListenerEvent(FrameKind Kind, ReadOnlyMemory<byte> Json)
{
    /// <summary>The offset to continue from behind it.</summary>
    public int Next { get; init; }

    /// <summary>The listener's position, when this is a bookmark; null otherwise.</summary>
    public Bookmark? Bookmark { get; init; }

    /// <summary>Its type, as server-sent events name it.</summary>
    public ReadOnlySpan<byte> Name => Kind != FrameKind.Unknown ? EventStream.NameOf(Kind) : Bookmark is not null ? "bookmark"u8 : "gap"u8;

    /// <summary>Frames that cannot be had.</summary>
    public static ListenerEvent Gap(byte[] json) => new(FrameKind.Unknown, json);

    /// <summary>Where the listener stands.</summary>
    public static ListenerEvent At(Bookmark bookmark, byte[] json) => new(FrameKind.Unknown, json) { Bookmark = bookmark };
}
