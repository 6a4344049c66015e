using System.ComponentModel.DataAnnotations;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Listening in on sessions. Section <c>Listeners</c>.</summary>
internal sealed class ListenerOptions
{
    public const string Section = "Listeners";

    /// <summary>
    /// The most bytes of frames that may wait for one listener. Past it they are dropped, and read again from the log when the listener gets to
    /// them. Default: 1 MiB.
    /// </summary>
    [Range(1024, 1024L * 1024 * 1024)]
    public long RoomBytes { get; set; } = 1024 * 1024;
}
