using System.ComponentModel.DataAnnotations;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Listening in on sessions.</summary>
internal sealed class ListenerOptions
{
    public const string Section = "Listeners";

    /// <summary>
    /// The most bytes of frames that may wait for one listener. Past it they are dropped, and read again from the log when the listener gets to
    /// them. Default: 1 MiB.
    /// </summary>
    [Range(1024, 1024L * 1024 * 1024)]
    public long BufferBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How long nothing may be sent to a listener over server-sent events or as WAV: then a comment, or a moment of silence, keeps proxies from closing
    /// the connection. Also for <c>/tts/sse</c>. 0.1 s to 1 h. Default: 15 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);
}
